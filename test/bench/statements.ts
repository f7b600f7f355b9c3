import { Kysely } from 'kysely'
import type { SessionEvent } from '../../src/lib/api/session-events.js'
import { SessionFeed } from '../../src/gateway/statements/feed.js'
import { sqliteDialect } from '../../src/store/sqlite/dialect.js'
import { exposureOf } from '../../src/store/statements/exposure.js'
import type { StatementFilter } from '../../src/store/statements/filter.js'
import { listStatements } from '../../src/store/statements/list.js'
import type { IndexTables } from '../../src/store/statements/tables.js'
import { IndexWriter } from '../../src/store/statements/writer.js'
import { tempFolder } from '../helpers/temp.js'
import { start } from './micro/recording.js'
import type { Options } from './options.js'
import type { Row } from './report.js'

const tables = ['customers', 'documents', 'orders', 'tickets']
const began = Date.UTC(2026, 10, 1)

/** Texts that are all different, ten rows each, three columns. */
function* eventsOf(session: number, statements: number): Generator<SessionEvent> {
  for (let n = 1; n <= statements; n++) {
    const table = tables[n % tables.length]!
    const id = ((session * statements + n) * 7919) % 1_000_003
    const text = `SELECT id, name, email FROM ${table} WHERE id > ${id} AND region = 'r${n % 50}' LIMIT 10`
    const at = n * 3000
    yield { ...{ type: 'statement', at, n, via: 'extended', text }, kinds: ['select'], reads: [`public.${table}`] }
    const columns = ['id', 'name', 'email'].map((name) => ({ name, type: 25, table: `public.${table}.${name}` }))
    yield {
      ...{ type: 'result', at, n, tag: 'SELECT 10', rows: 10, bytes: 400, masked: 0, duration: 1, columns },
      ...{ columnValues: [10, 10, 10], columnBytes: [20, 100, 100] },
    }
  }
}

const fill = async (path: string, sessions: number, statements: number): Promise<void> => {
  await using writer = await IndexWriter.open(path)
  for (let session = 0; session < sessions; session++) {
    const person = `person${session % 100}`
    const time = new Date(began + session * 600_000).toISOString()
    const feed = new SessionFeed({
      ...{ ...start, session: `s${session}`, subject: person, name: `${person}@example.com`, time },
      connection: `c${session % 5}`,
    })
    for (const event of eventsOf(session, statements)) feed.add(event)
    await writer.write({
      ...{ forgotten: [], sessions: [feed.session], statements: feed.take() },
      complete: [{ id: feed.session.id }],
    })
  }
}

const since = began + 2 * 86_400_000 + 1_234_567
const lists: Readonly<Record<string, StatementFilter>> = {
  'by person': { person: 'person7@example.com' },
  'by table': { table: 'documents' },
  'by column': { column: 'customers.email' },
  'by a text that one has': { text: 'id > 7919 ' },
  'by a text that a quarter has': { text: 'from customers' },
  'by a text that none has': { text: 'zebra' },
  'by person, text and time': { person: 'person7@example.com', text: "region = 'r49'", since },
}
const exposures: Readonly<Record<string, StatementFilter>> = {
  'of everything': {},
  'of a person': { person: 'person7@example.com' },
  'of a table': { table: 'customers' },
  'between two times': { since, until: since + 100_000_000 },
}

/** Questions to an index of 1,000,000 statements of 1,000 sessions, which showed 10,000,000 rows. */
export const statements = async ({ quick }: Options): Promise<readonly Row[]> => {
  await using folder = await tempFolder('hoop-bench-')
  const path = folder.file('index')
  await fill(path, 1000, quick ? 100 : 1000)
  const db = new Kysely<IndexTables>({ dialect: sqliteDialect(path) })
  const row = async (what: string, ask: () => Promise<unknown>): Promise<Row> => {
    const at = performance.now()
    await ask()
    const note = quick ? 'of 100,000 statements' : 'of 1,000,000 statements, 10,000,000 rows'
    return { what, reached: (performance.now() - at) / 1000, unit: 's', bar: { atMost: 2 }, note }
  }
  try {
    const rows: Row[] = []
    for (const [name, filter] of Object.entries(lists))
      rows.push(await row(`statements ${name}`, () => listStatements(db, filter, 50)))
    for (const [name, filter] of Object.entries(exposures))
      rows.push(await row(`exposure ${name}`, () => exposureOf(db, filter)))
    return rows
  } finally {
    await db.destroy()
  }
}
