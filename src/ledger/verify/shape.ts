import { HoopError } from '../../lib/errors.js'
import { actor, type Field, maybe, text, time, whole, wrongField } from '../fields.js'
import type { Leaf, LeafKind } from '../leaves.js'

const span: Field = (value) => {
  const { from, to } = (value ?? {}) as Record<string, unknown>
  return whole(from) && whole(to)
}

const head = { head: maybe(text), frames: maybe(whole), size: maybe(whole) }

const removal = { session: text, startedAt: time, endedAt: time, bytes: whole, head: maybe(text) }

/** What a verification reads of each kind of leaf. */
const shapes: Readonly<Record<LeafKind, Readonly<Record<string, Field>>>> = {
  begin: {},
  'session.start': {
    ...head,
    session: text,
    subject: text,
    name: text,
    owner: (value) => value === null || maybe(actor)(value),
    connection: text,
    grant: text,
    policy: text,
    startedAt: time,
  },
  'session.head': { session: text, head: text, frames: whole, size: whole },
  'session.end': {
    ...head,
    session: text,
    end: text,
    reason: maybe(text),
    by: maybe(actor),
    endedAt: time,
    problem: maybe(text),
  },
  act: { number: whole, at: time, act: text, by: actor },
  read: {},
  heartbeat: {},
  gateway: { what: text },
  key: { vkey: text, former: text },
  retired: { ...removal, why: text, limit: whole },
  erased: {
    ...removal,
    by: actor,
    reason: text,
    act: whole,
    leaves: (value) => Array.isArray(value) && value.every(whole),
    frames: maybe(whole),
    size: maybe(whole),
  },
  restored: { leaves: span, acts: maybe(span), sessions: whole },
  notice: { what: text, text },
}

/**
 * A leaf can be what was signed, and yet none that a gateway makes: whoever has the key can enter anything.
 * @throws {HoopError} LEDGER_DAMAGED
 */
export const assertShape = (leaf: Leaf): void => {
  const wrong = wrongField(shapes[leaf.kind], leaf)
  if (wrong !== undefined) throw new HoopError('LEDGER_DAMAGED', `a leaf’s ${wrong} is none`)
}
