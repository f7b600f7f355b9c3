import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { modeNames } from '../../../../src/gateway/relay/machine/modes.js'

test('the diagram and the table of docs/architecture.md name every mode of the machine, and no other', async () => {
  const page = await readFile('docs/architecture.md', 'utf8')
  const diagram = /```mermaid\n([^`]*)```/.exec(page)![1]!
  const drawn = [...diagram.matchAll(/^ {2}(\S+) --> (\S+)/gm)].flatMap(([, from, to]) => [from!, to!])
  expect(
    new Set(drawn.filter((name) => name !== '[*]:' && name !== '[*]').map((name) => name.replace(/:$/, ''))),
  ).toEqual(new Set(modeNames))
  const table = page.slice(page.indexOf('| mode | meanwhile |'))
  const listed = [...table.slice(0, table.indexOf('\n\n')).matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  expect(listed).toEqual([...modeNames])
})
