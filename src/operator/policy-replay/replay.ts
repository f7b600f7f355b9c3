import { randomBytes } from 'node:crypto'
import { asHoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { Asker, Guard } from '../../policy/decision.js'
import { PolicyGuard } from '../../policy/guard.js'
import { isProgram } from '../../policy/program.js'
import type { StartEvent } from '../../recording/events.js'
import type { Catalog } from '../../sql/catalog.js'
import { initParser } from '../../sql/parser.js'
import { readOnce } from '../../gateway/upstream/catalog/catalog-source.js'
import { loginKey } from '../../gateway/upstream/login/logins.js'
import { targetOf } from '../../gateway/upstream/target.js'
import { type Access, accessTo } from '../../gateway/access/access.js'
import { askedBy } from '../../gateway/access/entry-key.js'
import { type AccessView, accessView, type GivenAccess } from '../../gateway/access/view.js'
import { decidedOutcome, differs, recordedOutcome, type Outcome } from './outcome.js'
import { recordedStatements, type RecordedChoice, type RecordedStatement } from './recorded.js'

/** What would happen otherwise, how often, with some of the statements. */
export interface Change {
  readonly was: Outcome
  readonly would: Outcome
  count: number
  readonly people: Set<string>
  readonly samples: { readonly session: string; readonly n: number; readonly person: string; readonly text: string }[]
}

export interface PolicyReplay {
  sessions: number
  statements: number
  /** Of them, those that can't be decided again: cut texts, those that detectors took something out of, syntax errors. */
  skipped: number
  changes: Change[]
  /** What could not be had: databases' catalogs, recordings. */
  problems: string[]
}

/** What stands for a vector is as good as it for the decision. */
const lacksMore = (detected: Readonly<Record<string, number>> = {}): boolean =>
  Object.keys(detected).some((name) => name !== 'vector')

const SAMPLES = 5
const LONGEST = 2000

type Way = { readonly connection: string; readonly login: Access['entry']['login'] }

/** Guards of the configuration for what was recorded, one for each connection, database and policy. */
class Guards {
  readonly #loaded: LoadedConfig
  readonly #made = new Map<string, Promise<Guard>>()
  readonly problems: string[] = []

  constructor(loaded: LoadedConfig) {
    this.#loaded = loaded
  }

  for({ connection, database }: StartEvent, { policy, clear, entry: { login } }: Access): Promise<Guard> {
    const key = [connection, database, policy, clear, loginKey(login)].join('\0')
    const made = this.#made.get(key) ?? this.#make({ connection, login }, database, policy, clear)
    this.#made.set(key, made)
    return made
  }

  async #make({ connection, login }: Way, database: string, name: string, clear: boolean): Promise<Guard> {
    const policy = this.#loaded.config.policies[name]!
    const columns = policy.masks.flatMap((mask) => mask.columns)
    let catalog: Catalog | undefined
    try {
      catalog = await readOnce(targetOf(this.#loaded, connection, login), database, { masked: columns })
    } catch (error) {
      const why = asHoopError(error).message
      this.problems.push(`${connection}/${database}: decided without its catalog and without masks (${why})`)
    }
    const source = catalog && { catalog, refresh: () => Promise.resolve() }
    const without = catalog ? policy : { ...policy, masks: [] }
    return new PolicyGuard({ policy: without, clear, source, maskKey: randomBytes(32) })
  }
}

const askerOf = ({ config }: LoadedConfig, { start, event }: RecordedStatement): Asker => ({
  subject: start.subject,
  groups: start.groups,
  program: isProgram(config.identity, start),
  ...(start.client.application !== undefined && { application: start.client.application }),
  now: new Date(Date.parse(start.time) + event.at),
  ...('estimate' in event && event.estimate !== undefined && { estimate: { rows: event.estimate } }),
})

/**
 * What a session may have had for a while: it was approved then, by an entry of its policy that the recording doesn't name.
 * The hours are those of then.
 */
const givenThen = ({ connections }: AccessView, { session, connection, policy }: StartEvent): GivenAccess[] =>
  (Object.hasOwn(connections, connection) ? connections[connection]!.access : [])
    .filter((entry) => entry.request && entry.policy === policy.name)
    .map((entry) => ({
      ...{ id: session, policy: policy.name, entry: askedBy(entry) },
      ...{ approvedAt: 0, expiresAt: Infinity },
    }))

/**
 * Decides again on recorded statements, under this configuration and by the catalogs of today.
 * @param folder of the recordings
 * @throws {HoopError} RECORDING_FAILED where the folder can't be read
 */
export const replayPolicy = async (
  loaded: LoadedConfig,
  folder: string,
  choice: RecordedChoice,
): Promise<PolicyReplay> => {
  await initParser()
  const view = accessView(loaded.config)
  const guards = new Guards(loaded)
  const changes = new Map<string, Change>()
  const sessions = new Set<string>()
  const found: PolicyReplay = { sessions: 0, statements: 0, skipped: 0, changes: [], problems: guards.problems }

  const outcome = async (recorded: RecordedStatement): Promise<Outcome | undefined> => {
    const { start, event } = recorded
    let access: Access
    try {
      // The recording has no address; who is let in by theirs is named by the subject's name.
      const person = { subject: start.subject, groups: start.groups, email: start.name }
      const given = givenThen(view, start)
      access = accessTo(view, person, start.connection, { now: new Date(start.time), given })
    } catch (error) {
      return { done: 'refuse', by: asHoopError(error).code }
    }
    return decidedOutcome((await guards.for(start, access)).decide(event.text, askerOf(loaded, recorded)))
  }

  const note = ({ start, event }: RecordedStatement, was: Outcome, would: Outcome): void => {
    const key = JSON.stringify([was, would])
    const change = changes.get(key) ?? { was, would, count: 0, people: new Set<string>(), samples: [] }
    changes.set(key, change)
    change.count++
    change.people.add(start.name)
    if (change.samples.length < SAMPLES && !change.samples.some(({ text }) => text === event.text))
      change.samples.push({
        session: start.session,
        n: event.n,
        person: start.name,
        text: event.text.slice(0, LONGEST),
      })
  }

  for await (const recorded of recordedStatements(folder, choice)) {
    if ('error' in recorded) {
      found.problems.push(`${recorded.path}: ${recorded.error.message}`)
      continue
    }
    const { start, event } = recorded
    sessions.add(start.session)
    found.statements++
    const was = recordedOutcome(event)
    if (
      !was ||
      event.textBytes !== undefined ||
      lacksMore(event.detected) ||
      ('via' in event && event.via === 'function')
    ) {
      found.skipped++
      continue
    }
    const would = await outcome(recorded)
    if (!would) found.skipped++
    else if (differs(was, would)) note(recorded, was, would)
  }
  found.sessions = sessions.size
  found.changes = [...changes.values()].sort((one, other) => other.count - one.count)
  return found
}
