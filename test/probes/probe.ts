import type { Client } from 'pg'
import { expect } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { onSecondServer } from '../helpers/pgvector.js'
import { openPglite } from '../leaks/pglite.js'
import type { Opened } from '../leaks/world.js'
import { guardOf } from '../gateway/relay/policy.js'
import { relayServer, type RelayServer } from '../gateway/relay/relay-server.js'
import { errorsIn, WireClient, type Message } from '../gateway/relay/wire-client.js'
import type { Probe, Step } from './data.js'
import { take, type Mode } from './modes.js'
import { policies } from './policies.js'
import { seed, vectorSeed } from './seed.js'

/** What became of a step. Of what hoop says, only that it was hoop; of what the server says, its SQLSTATE. */
const outcomeOf = (messages: readonly Message[]): string => {
  const errors = errorsIn(messages)
  if (errors.some(({ R, M }) => R?.startsWith('hoop/') && !M?.startsWith('hoop: the text'))) return 'refused'
  return errors[0]?.C ?? 'answered'
}

/** All that the user got, and its values without the marks between them. */
const bytesOf = (messages: readonly Message[]): string => messages.map(({ body }) => body.toString('latin1')).join('\n')

/** The words of errors and notices. */
const heard = (messages: readonly Message[]): string =>
  messages
    .filter(({ type }) => type === 'E' || type === 'N')
    .map(({ body }) => body.toString('utf8').replaceAll('\0', '\n'))
    .join('\n')

/** What was recorded, texts of statements aside: the user wrote those. */
const recorded = (events: readonly object[]): string =>
  JSON.stringify(events, (key, value: unknown) =>
    ['text', 'digest', 'at', 'time', 'duration', 'parameters'].includes(key) ? undefined : value,
  )

const expected = ({ never }: Probe, { expect: wanted }: Step): string =>
  wanted ?? (never === undefined ? 'answered' : 'any')

export interface Stage extends AsyncDisposable {
  readonly dba: Client
  readonly server: RelayServer
  /** Resolves when the catalog is as it is after the statements so far. */
  readonly settled: () => Promise<unknown>
}

/** Whether a probe leaves the database as it was: then all its modes can have the same one. */
export const leavesNothing = ({ steps }: Probe): boolean =>
  !steps.some(({ sql = '', pipeline = [] }) =>
    [sql, ...pipeline].some((text) => /\b(create|alter|drop|update|insert|delete|truncate)\b/i.test(text)),
  )

let opened: Promise<Opened> | undefined

/** Probes that need pgvector have one database, which they leave as it was: it takes its time to begin. */
const vectors = (): Promise<Opened> =>
  (opened ??= (async () => {
    const database = onSecondServer() ? await freshDatabase() : await openPglite()
    const owner = await database.client()
    await owner.query(vectorSeed)
    return database
  })())

export const closeVectors = async (): Promise<void> => (await opened)?.[Symbol.asyncDispose]()

/** A database of the probe's own, with a gateway's sessions before it. */
export const openStage = async (probe: Probe): Promise<Stage> => {
  await using stack = new AsyncDisposableStack()
  const database = probe.vectors ? await vectors() : stack.use(await freshDatabase())
  const dba = await database.client()
  if (!probe.vectors) await dba.query(seed)
  if (probe.before !== undefined) await dba.query(probe.before)
  const { section, budgets } = policies[probe.policy] ?? {}
  const asked = { ...(section as object | undefined), rules: probe.rules ?? [], packs: probe.packs ?? [] }
  const guarded = section !== undefined || probe.rules !== undefined || probe.packs !== undefined
  const guard = guarded ? await guardOf(database.url, asked) : undefined
  let reading: Promise<unknown> = Promise.resolve()
  const refresh = guard?.refresh.bind(guard)
  if (guard && refresh) guard.refresh = () => (reading = refresh())
  const server = stack.use(
    await relayServer({ url: database.url, ...(guard && { guard }), ...(budgets && { budgets }) }),
  )
  const all = stack.move()
  return { dba, server, settled: () => reading, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/**
 * Runs a probe in one mode, in a session of its own.
 * @returns false where the mode can't be used: what it prepares isn't there yet
 */
export const tryProbe = async (probe: Probe, mode: Mode, { dba, server, settled }: Stage): Promise<boolean> => {
  const number = server.sessions.length
  const client = await WireClient.login(server.port)
  const last = probe.steps.at(-1)?.sql ?? ''
  if (mode.begin && !(await mode.begin(client, last))) {
    await client.end()
    return false
  }
  const all: Message[] = []
  for (const [index, step] of probe.steps.entries()) {
    if (step.as === 'dba') {
      await dba.query(step.sql ?? '')
      continue
    }
    await settled()
    const messages = await take(client, mode, step, index === probe.steps.length - 1)
    all.push(...messages)
    const outcome = outcomeOf(messages)
    const wanted = expected(probe, step)
    const said = JSON.stringify(errorsIn(messages).map(({ C, M, D, H }) => ({ C, M, D, H })))
    if (wanted !== 'any') expect(outcome, `${step.sql ?? step.bind?.name}: ${said}`).toBe(wanted)
    if (step.says !== undefined) expect(heard(messages), mode.name).toMatch(new RegExp(step.says))
    expect(client.closed, `the session ended at ${step.sql}: ${said}`).toBe(false)
  }
  await client.end()
  // All sessions of PGlite share one backend, and its names.
  if (probe.vectors) await dba.query('DEALLOCATE ALL')
  if (probe.never === undefined) return true
  expect(bytesOf(all)).not.toMatch(new RegExp(probe.never))
  expect(recorded(await server.recording(number))).not.toMatch(new RegExp(probe.never))
  return true
}
