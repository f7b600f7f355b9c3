import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { sqliteDialect } from '../../../src/store/sqlite/dialect.js'
import { exposureOf } from '../../../src/store/statements/exposure.js'
import { listStatements } from '../../../src/store/statements/list.js'
import type { IndexTables } from '../../../src/store/statements/tables.js'
import { IndexWriter } from '../../../src/store/statements/writer.js'
import { tempFolder } from '../../helpers/temp.js'

test('people and tables with capitals beyond ASCII are found by their names', async () => {
  await using folder = await tempFolder()
  const path = folder.file('statements')
  await using writer = await IndexWriter.open(path)
  const sums = { rows: 5, bytes: 5, vectors: 0 }
  const shown = [{ column: 'public.Äpfel.email', masked: false, ...sums }]
  const ended = [{ verdict: 'ran' as const, ...sums, masked: 0, clear: false, duration: 1, shown }]
  const said = { text: 'select 1', kinds: ['select'], reads: ['public.Äpfel'], writes: [], rules: [] }
  const who = { subject: 's1', name: 'Émile Zola', owner: null, ownerName: null }
  await writer.write({
    forgotten: [],
    sessions: [{ id: 'ses_a', ...who, connection: 'c', startedAt: 1e12 }],
    statements: [{ session: 'ses_a', n: 1, begun: { at: 1e12, verdict: 'running', ...said }, ended }],
    complete: [{ id: 'ses_a' }],
  })
  await using db = new Kysely<IndexTables>({ dialect: sqliteDialect(path) })
  const named = [{ person: 'Émile Zola' }, { person: 'Émile ZOLA' }, { table: 'Äpfel' }, { table: 'PUBLIC.Äpfel' }]
  for (const filter of named) {
    expect((await listStatements(db, filter, 10)).statements, JSON.stringify(filter)).toHaveLength(1)
    expect((await exposureOf(db, filter)).people, JSON.stringify(filter)).toHaveLength(1)
  }
  expect((await listStatements(db, { column: 'Äpfel.EMAIL' }, 10)).statements).toHaveLength(1)
})
