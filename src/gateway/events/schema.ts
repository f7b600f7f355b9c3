import { z } from 'zod'
import { acts, type ActName } from '../../lib/api/acts.js'

/** What each event says it is. A change that a reader could trip over gets another number. */
export const eventSchemaName = 'hoop-event/1'

const text = z.string()
const count = z.number().int().min(0)
const time = z.iso.datetime({ precision: 3 })
const names = z.array(text).max(20)
const actor = z.strictObject({ subject: text, name: text })
const of = { session: text, connection: text, person: actor }
const refused = { statement: count, code: text, sqlstate: text }
const touched = { kinds: names.optional(), reads: names.optional(), writes: names.optional() }
const request = { request: text, rule: text }

/** What is said of an act's state before and after it; all else of it, free texts above all, stays in the gateway. */
export const actDetails = ['state', 'connection', 'policy', 'rule', 'hash', 'keys', 'for'] as const
const detail = z.strictObject(Object.fromEntries(actDetails.map((name) => [name, text.optional()])))

/** What events say beside what all of them have, by kind. The kind's first part is the group that targets choose. */
export const eventBodies = {
  'session.started': { ...of, grant: text, policy: text },
  'session.ended': {
    session: text,
    end: z.enum(['closed', 'aborted', 'killed', 'lapsed', 'failed']),
    by: actor.optional(),
    problem: text.optional(),
  },
  'statement.refused': { ...of, ...refused, ...touched, rule: text.optional(), request: text.optional() },
  'statement.held': { ...of, ...request },
  'statement.approved': {
    ...of,
    ...request,
    how: z.enum(['approved', 'standing', 'break-glass']),
    by: z.array(actor).optional(),
  },
  'statement.not-approved': {
    ...of,
    ...request,
    how: z.enum(['denied', 'expired', 'withdrawn']),
    by: z.array(actor).optional(),
  },
  /** What happened in frames of a recording that can't be read any more. */
  'statement.unknown': { session: text, frames: z.strictObject({ from: count, to: count }), code: text },
  act: {
    number: count,
    act: z.enum(Object.keys(acts) as [ActName, ...ActName[]]),
    by: actor,
    target: text,
    subject: text.optional(),
    before: detail.optional(),
    after: detail.optional(),
  },
  read: { by: actor, what: text, target: text.optional() },
  'quarantine.began': {
    connection: text,
    text,
    databases: text.optional(),
    policies: text.optional(),
    codes: text.optional(),
  },
  'quarantine.ended': { connection: text, text },
  alert: { text, fields: z.record(text, z.union([text, z.number()])) },
  'service.started': { version: text },
  'service.stopped': { version: text },
  'service.alive': { sessions: count },
  'ledger.began': { version: text, vkey: text },
  'ledger.key': { vkey: text, former: text },
  'ledger.restored': { leaves: z.strictObject({ from: count, to: count }), sessions: count },
  /** It goes by retention. */
  'recording.retired': { session: text, why: z.enum(['age', 'size']) },
  /** It goes since somebody wants a person's erased; the act is its number. */
  'recording.erased': { session: text, by: actor, act: count },
  /** What this leaf said was erased. */
  'ledger.erased': { of: text },
} as const satisfies Record<string, z.ZodRawShape>

export type EventKind = keyof typeof eventBodies

/** What an event of one kind says, without what all events have. */
export type EventBody<Kind extends EventKind> = z.output<z.ZodObject<(typeof eventBodies)[Kind]>>

/** An event that has no id yet. */
export type EventFacts = {
  [Kind in EventKind]: { readonly kind: Kind; readonly time: string } & EventBody<Kind>
}[EventKind]

const event = (kind: string, body: z.ZodRawShape) =>
  z.strictObject({
    schema: z.literal(eventSchemaName),
    /** The same each time that it is sent. */
    id: z.string().regex(/^[0-9a-f]+-\d+(?:\.\d+)?$/),
    /** When it happened. */
    time,
    /** Host and port of the gateway. */
    gateway: text,
    /** Index of the ledger's leaf that it stands in. */
    leaf: count,
    kind: z.literal(kind),
    /** It was entered only at a later start, since the gateway had stopped at once. */
    late: z.literal(true).optional(),
    ...body,
  })

const [first, ...others] = Object.entries(eventBodies).map(([kind, body]) => event(kind, body))

/** Every event fits this. */
export const eventSchema = z.discriminatedUnion('kind', [first!, ...others])

/** JSON Schema (2020-12) of an event, for other systems. */
export const eventJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(eventSchema),
  title: eventSchemaName,
})

export type GatewayEvent = EventFacts & {
  readonly schema: typeof eventSchemaName
  readonly id: string
  readonly gateway: string
  readonly leaf: number
  readonly late?: true
}
