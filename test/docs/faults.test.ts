import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { people } from '../faults/fault.js'
import { faults } from '../faults/list.js'
import { documented, table } from '../faults/table.js'

const page = new URL('../../docs/faults.md', import.meta.url)

const parts = { people: table(['who', 'what they do'], Object.entries(people)), faults: documented(faults) }

/** The page with what stands between each comment and the next blank line but one made anew. */
const written = (text: string): string =>
  Object.entries(parts).reduce(
    (whole, [name, part]) =>
      whole.replace(
        new RegExp(`(<!-- ${name} -->)\\n(?:\\n\\|[^]*?\\|\\n)?(?=\\n[^|])`),
        (_, comment: string) => `${comment}\n\n${part}\n`,
      ),
    text,
  )

test('docs/faults.md has the faults that are made, and what becomes of people', async () => {
  const before = await readFile(page, 'utf8')
  if (process.env['HOOP_WRITE_DOCS'] !== undefined) await writeFile(page, written(before))
  expect(await readFile(page, 'utf8')).toBe(written(before))
  expect(parts.faults.split('\n')).toHaveLength(faults.length + 2)
})
