import type { Leaf, LeafKind, LeafOf } from '../../ledger/leaves.js'
import { noticeFields } from '../../ledger/notice-fields.js'
import { actDetails, type EventBody, type EventFacts } from './schema.js'

/** Longest text of an act's detail, characters. */
const longest = 200

const detailOf = (state: Readonly<Record<string, unknown>> | undefined): EventBody<'act'>['before'] => {
  const known = actDetails.flatMap((name) => {
    const value = state?.[name]
    return typeof value === 'string' ? [[name, value.slice(0, longest)] as const] : []
  })
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

const actEvent = ({ number, act, by, target, subject, before, after, at }: LeafOf<'act'>): EventFacts => {
  const [was, is] = [detailOf(before), detailOf(after)]
  return {
    ...{ kind: 'act', time: at, number, act, target, by: { subject: by.subject, name: by.name } },
    ...(subject !== undefined && { subject }),
    ...(was && { before: was }),
    ...(is && { after: is }),
  }
}

const noticeEvent = ({ what, text, fields, time }: LeafOf<'notice'>): EventFacts => {
  if (what === 'alert') return { kind: 'alert', time, text, fields: noticeFields(fields) }
  const connection = String(fields['connection'])
  if (fields['state'] === 'available') return { kind: 'quarantine.ended', time, connection, text }
  const more = (['databases', 'policies', 'codes'] as const).flatMap((name) =>
    fields[name] === undefined ? [] : [[name, String(fields[name])] as const],
  )
  return { kind: 'quarantine.began', time, connection, text, ...Object.fromEntries(more) }
}

/** What each kind of leaf tells others; nothing where only what its recording has is told. */
const tellings: { readonly [Kind in LeafKind]: (leaf: LeafOf<Kind>) => EventFacts | undefined } = {
  begin: ({ time, version, vkey }) => ({ kind: 'ledger.began', time, version, vkey }),
  'session.start': ({ session, subject, name, connection, grant, policy, startedAt }) => ({
    ...{ kind: 'session.started', time: startedAt, session, connection, grant, policy },
    person: { subject, name },
  }),
  'session.head': () => undefined,
  'session.end': ({ session, end, endedAt, by, problem }) => ({
    ...{ kind: 'session.ended', time: endedAt, session, end },
    ...(by && { by: { subject: by.subject, name: by.name } }),
    ...(problem !== undefined && { problem }),
  }),
  act: actEvent,
  read: ({ time, by, what, target }) => ({
    ...{ kind: 'read', time, what, by: { subject: by.subject, name: by.name } },
    // What was searched for stands behind the question mark.
    ...(target !== undefined && { target: target.split('?')[0]! }),
  }),
  heartbeat: ({ time, sessions }) => ({ kind: 'service.alive', time, sessions }),
  key: ({ time, vkey, former }) => ({ kind: 'ledger.key', time, vkey, former }),
  gateway: ({ time, what, version }) => ({ kind: `service.${what}`, time, version }),
  restored: ({ time, leaves: { from, to }, sessions }) => ({
    kind: 'ledger.restored',
    ...{ time, leaves: { from, to }, sessions },
  }),
  retired: ({ time, session, why }) => ({ kind: 'recording.retired', time, session, why }),
  erased: ({ time, session, by, act }) => ({
    ...{ kind: 'recording.erased', time, session, act },
    by: { subject: by.subject, name: by.name },
  }),
  notice: noticeEvent,
}

/** What a leaf tells others by itself. */
export const factsOfLeaf = (leaf: Leaf): EventFacts | undefined =>
  (tellings[leaf.kind] as (leaf: Leaf) => EventFacts | undefined)(leaf)
