import type { Act } from '../../lib/api/acts.js'
import type { SessionCounters, SessionSummary } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import { actor, type Fields, flag, maybe, object, text, time, whole, wrongField } from '../fields.js'

const counters: Fields<SessionCounters> = {
  statements: whole,
  refused: whole,
  errors: whole,
  rows: whole,
  bytes: whole,
  masked: whole,
  observed: maybe(whole),
  lastRefusal: maybe(text),
}

const sessions: Fields<SessionSummary> = {
  id: text,
  subject: text,
  name: text,
  owner: maybe(actor),
  connection: text,
  grantId: text,
  clientApplication: maybe(text),
  clientAddress: maybe(text),
  startedAt: time,
  endedAt: maybe(time),
  end: maybe(text),
  reason: maybe(text),
  endedBy: maybe(actor),
  counters: object(counters),
  policyHash: text,
  seenClear: flag,
  first: maybe(text),
  removed: maybe(object({ how: text, at: time })),
}

/** What an act changed is any JSON there is: it is compared as JSON. */
const any = (): boolean => true

const acts: Fields<Act> = {
  number: Number.isSafeInteger,
  time,
  act: text,
  by: actor,
  target: text,
  subject: maybe(text),
  reason: maybe(text),
  before: any,
  after: any,
}

/** The files of rows that a bundle has, and what each field of theirs is. */
export interface Rows {
  readonly sessions: SessionSummary
  readonly acts: Act
}

const fieldsOf: { readonly [K in keyof Rows]: Fields<Rows[K]> } = { sessions, acts }

/**
 * A row whose fields are what a gateway writes: what a verification says of it is shown, and compared.
 * @param place where it stands, for the message
 * @throws {HoopError} NOTE_INVALID
 */
export const checkedRow = <Name extends keyof Rows>(name: Name, row: object, place: string): Rows[Name] => {
  const wrong = wrongField(fieldsOf[name], row)
  if (wrong !== undefined) throw new HoopError('NOTE_INVALID', `${place} is none that a gateway writes: its ${wrong}`)
  return row as Rows[Name]
}
