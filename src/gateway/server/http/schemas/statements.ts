import { z } from 'zod'
import {
  type CountedApproval,
  type CountedRefusal,
  type ExposedColumn,
  type ExposedPerson,
  type ExposedTable,
  type Exposure,
  type Left,
  type RecordedStatement,
  type StatementColumn,
  type StatementPage,
  type Timeline,
  verdicts,
} from '../../../../lib/api/statements.js'
import { named, time } from './registry.js'

const count = z.int().nonnegative()
const text = z.string()
const texts = z.array(text).readonly()
const actor = z.strictObject({ subject: text, name: text })

const column: z.ZodType<StatementColumn> = z.strictObject({
  name: text,
  from: texts.meta({ description: 'schema.table.column; several where it was computed.' }),
  mask: text.exactOptional(),
  clear: z.literal(true).meta({ description: 'It has a mask, and was seen without.' }).exactOptional(),
})

const statement = named<RecordedStatement, z.ZodType<RecordedStatement>>(
  'Statement',
  z.strictObject({
    session: text,
    n: count,
    at: time,
    subject: text,
    name: text,
    owner: actor.exactOptional(),
    connection: text,
    text: text.meta({ description: 'Its beginning; the recording has more of it.' }),
    kinds: texts,
    reads: texts,
    writes: texts,
    columns: z.array(column).readonly(),
    rows: count,
    bytes: count,
    vectors: count,
    masked: count,
    seenClear: z.boolean(),
    verdict: z.enum(verdicts),
    code: text.exactOptional(),
    rule: text.exactOptional(),
    sqlstate: text.exactOptional(),
    duration: z.number().exactOptional(),
    approval: z.strictObject({ id: text, outcome: text.exactOptional(), by: texts.exactOptional() }).exactOptional(),
  }),
)
const incomplete = count.meta({
  description: 'Sessions of which the index has not all: it is being made, or a recording can’t be read.',
})
named<StatementPage, z.ZodType<StatementPage>>(
  'Statements',
  z.strictObject({ statements: z.array(statement).readonly(), cursor: text.exactOptional(), incomplete }),
)

const sums = { statements: count, rows: count, bytes: count, vectors: count, first: time, last: time }
const left: z.ZodType<Left> = z.strictObject(sums)
const exposed: z.ZodType<ExposedColumn> = z.strictObject({
  column: text,
  masked: left.exactOptional(),
  clear: left.exactOptional(),
})
const table: z.ZodType<ExposedTable> = z.strictObject({ table: text, ...sums })
const person: z.ZodType<ExposedPerson> = z.strictObject({
  subject: text,
  name: text,
  owner: actor.exactOptional(),
  sessions: count,
  total: left,
  columns: z.array(exposed).readonly(),
})
const timeline: z.ZodType<Timeline> = z.strictObject({
  step: count,
  steps: z.array(z.strictObject({ from: time, rows: count, vectors: count })).readonly(),
})
const counted = { subject: text, name: text, rule: text.exactOptional(), count, first: time, last: time }
const refusal: z.ZodType<CountedRefusal> = z.strictObject({ ...counted, code: text })
const approval: z.ZodType<CountedApproval> = z.strictObject({ ...counted, outcome: text.exactOptional(), by: texts })

named<Exposure, z.ZodType<Exposure>>(
  'Exposure',
  z.strictObject({
    since: time.exactOptional(),
    until: time.exactOptional(),
    sessions: count,
    people: z.array(person).readonly(),
    tables: z.array(table).readonly(),
    columns: z.array(exposed).readonly(),
    statements: z.array(statement).readonly(),
    timeline,
    refusals: z.array(refusal).readonly(),
    approvals: z.array(approval).readonly(),
    incomplete,
  }),
)
