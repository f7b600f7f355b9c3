import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
const sources = async (folder: string): Promise<string> => {
  const root = new URL(`../../${folder}/`, import.meta.url)
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  return (await Promise.all(files.map((file) => readFile(new URL(file, root), 'utf8')))).join('\n')
}

test('every variable that is read is documented', async () => {
  const text = (await sources('src/agent')) + (await sources('src/cli'))
  const read = new Set(text.match(/\bHOOP_[A-Z]+\b/g))
  expect([...read].filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

test('every event of connect and login is documented', async () => {
  const text =
    (await sources('src/agent')) + (await readFile(new URL('../../commands/connect.ts', import.meta.url), 'utf8'))
  const events = new Set([...text.matchAll(/event: '(\w+)'/g)].map(([, name]) => name))
  expect(events.size).toBeGreaterThan(4)
  expect([...events].filter((name) => !page.includes(`"event":"${name}"`))).toEqual([])
})
