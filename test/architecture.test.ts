import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'

interface Rule {
  readonly name: string
  readonly from: { readonly path?: string }
  readonly to: { readonly path?: string; readonly pathNot?: string }
}

const root = new URL('../', import.meta.url)
const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as { forbidden: readonly Rule[] }

/** Folder → what it may import, as the checks have it. */
const checked = new Map(
  forbidden
    .filter(({ name }) => name.endsWith('-imports'))
    .map(({ from, to }) => {
      const folder = /^\^src\/(\w+)\/$/.exec(from.path ?? '')?.[1] ?? ''
      const listed = /^\^src\/\((.*)\)\/$/.exec(to.pathNot ?? '')?.[1] ?? ''
      return [folder, listed.split('|').filter((other) => other !== folder)] as const
    }),
)

/** The same as the documentation tells it. */
const told = async (): Promise<Map<string, string[]>> => {
  const page = await readFile(new URL('docs/architecture.md', root), 'utf8')
  const table = new Map<string, string[]>()
  for (const [, folder = '', , words = ''] of page.matchAll(/^\| `src\/(\w+)` \| ([^|]*) \| ([^|]*) \|$/gm)) {
    const above = [...table.keys()]
    if (words === 'nothing of ours') table.set(folder, [])
    else if (words === 'all of the above') table.set(folder, above)
    else if (words === 'all of the above, but not gateway/server')
      table.set(
        folder,
        above.map((other) => (other === 'gateway' ? 'gateway/(?!server/)[a-z]+' : other)),
      )
    else table.set(folder, words.split(', '))
  }
  return table
}

const sorted = (table: ReadonlyMap<string, readonly string[]>) =>
  Object.fromEntries([...table].map(([folder, others]) => [folder, others.toSorted()]))

test('the table of imports in the documentation is the one that is checked', async () => {
  expect(sorted(await told())).toEqual(sorted(checked))
})

test('every folder of the sources has a row, and every row a folder', async () => {
  const entries = await readdir(new URL('src/', root), { withFileTypes: true })
  expect(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([])
  expect(entries.map(({ name }) => name).toSorted()).toEqual([...checked.keys()].toSorted())
})

test('the gateway’s own folders are the ones that the documentation lists', async () => {
  const page = await readFile(new URL('docs/architecture.md', root), 'utf8')
  const [section = ''] = /^### Inside the gateway$[^]*?(?=^##)/m.exec(page) ?? []
  const listed = [...section.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)\/`/g)].map(([, name]) => name),
  )
  expect(listed.toSorted()).toEqual((await readdir(new URL('src/gateway/', root))).toSorted())
})
