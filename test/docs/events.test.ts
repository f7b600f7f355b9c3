import { writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventBodies, eventJsonSchema } from '../../src/gateway/events/schema.js'
import { pageOf } from './pages.js'

const file = new URL('../../packaging/events/hoop-event-1.schema.json', import.meta.url)

test('packaging has the schema of events as it is', async () => {
  const made = `${JSON.stringify(eventJsonSchema(), undefined, 2)}\n`
  if (process.env['HOOP_WRITE_DOCS']) await writeFile(file, made)
  expect(readFileSync(file, 'utf8')).toBe(made)
})

test('docs/events.md has every kind of event, and no other', () => {
  const rows = [
    ...pageOf('docs/events.md')
      .split('| kind | when |')[1]!
      .matchAll(/^\| `([\w.-]+)` \|/gm),
  ].map(([, kind]) => kind)
  expect(rows).toEqual(Object.keys(eventBodies))
})
