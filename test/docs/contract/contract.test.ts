import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Shapes } from './shapes.js'

const root = new URL('../../../', import.meta.url)
const page = new URL('docs/cli.md', root)

interface Manifest {
  readonly commands: Readonly<
    Record<string, { readonly summary?: string; readonly description?: string; readonly hidden?: boolean }>
  >
}

/** Statuses that a command's own help names: those that aren't just a failure's. */
const statusesIn = (help: string): string =>
  [...help.matchAll(/(?:\b[Ee]xits|\band|,) with (\d+)/g)].map(([, status]) => status).join(', ')

const heading = '| command | one object with `--json` | statuses of its own |\n|---|---|---|\n'

/** The table of docs/cli.md, as commands and their types give it. */
const made = async (): Promise<string> => {
  const { commands } = JSON.parse(await readFile(new URL('oclif.manifest.json', root), 'utf8')) as Manifest
  const shown = Object.entries(commands).filter(([, { hidden }]) => hidden !== true)
  const ids = shown.map(([id]) => id.replaceAll(':', ' '))
  const shapes = new Shapes(ids)
  const first = new Map<string, string>()
  const rows = shown.map(([, { summary = '', description = '' }], at) => {
    const id = ids[at]!
    const shape = shapes.of(id)
    const same = shape === undefined ? undefined : first.get(shape)
    if (shape !== undefined && same === undefined) first.set(shape, id)
    const object = shape === undefined ? 'as it goes on' : same === undefined ? `\`${shape}\`` : `as \`hoop ${same}\``
    return `| \`hoop ${id}\` | ${object} | ${statusesIn(`${summary}\n${description}`)} |\n`
  })
  return heading + rows.join('')
}

/** `HOOP_WRITE_DOCS=1 npx vitest run test/docs` writes it. */
test('docs/cli.md says of every command what it prints for programs, and how else it ends', async () => {
  const before = await readFile(page, 'utf8')
  const table = /^\| command \| one object with `--json` .*\n(?:\|.*\n)+/m
  expect(before).toMatch(table)
  const after = before.replace(table, () => '')
  const text = await made()
  const at = before.search(table)
  if (process.env['HOOP_WRITE_DOCS']) await writeFile(page, after.slice(0, at) + text + after.slice(at))
  else expect(table.exec(before)?.[0]).toBe(text)
})
