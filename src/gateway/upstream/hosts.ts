import { asHoopError, HoopError } from '../../lib/errors.js'
import type { SessionAttributes } from '../../policy/config/sections/upstream-url.js'
import { UpstreamRefusal } from './server-words.js'
import type { UpstreamTarget } from './target.js'

/*
 * Several servers in one `url`, tried in order as libpq does: those that don't answer and those that aren't as
 * `target_session_attrs` asks are passed over. Names are resolved anew at each login.
 * @see PostgreSQL documentation, "Specifying Multiple Hosts"; `target_session_attrs`
 */

/** What a server is: it says so itself. */
export interface ServerState {
  /** In hot standby, as a replica is. */
  readonly standby: boolean
  /** Transactions of new sessions are read-only. */
  readonly readOnly: boolean
}

const wanted: Readonly<Record<SessionAttributes, (state: ServerState) => boolean>> = {
  any: () => true,
  'read-write': ({ standby, readOnly }) => !standby && !readOnly,
  'read-only': ({ standby, readOnly }) => standby || readOnly,
  primary: ({ standby }) => !standby,
  standby: ({ standby }) => standby,
  'prefer-standby': ({ standby }) => standby,
}

/** A server that answers and isn't what was asked for. */
class Unsuited extends HoopError {}

/** @throws {HoopError} UPSTREAM_UNREACHABLE where a server in this state isn't to be used; undefined: it doesn't say */
export const assertSuited = (
  { attributes = 'any', host, port }: UpstreamTarget,
  state: ServerState | undefined,
): void => {
  if (attributes === 'any') return
  if (!state)
    throw new HoopError('UPSTREAM_UNREACHABLE', `${host}:${port} does not say whether it is a standby`, {
      hint: 'target_session_attrs needs PostgreSQL 14 or later, without a pooler before it.',
    })
  if (!wanted[attributes](state)) throw new Unsuited('UPSTREAM_UNREACHABLE', `no server is ${attributes}`)
}

/** By what a server reports when a session begins (PostgreSQL 14 and later). */
export const reportedState = (parameters: ReadonlyMap<string, string>): ServerState | undefined => {
  const standby = parameters.get('in_hot_standby')
  return standby === undefined
    ? undefined
    : { standby: standby === 'on', readOnly: parameters.get('default_transaction_read_only') === 'on' }
}

const known = new WeakMap<UpstreamTarget, readonly UpstreamTarget[]>()

/** Each server by itself, in order; the same objects each time. */
const each = (target: UpstreamTarget): readonly UpstreamTarget[] => {
  const { others, ...alone } = target
  if (!others) return [target]
  const found = known.get(target) ?? [target, ...others].map(({ host, port }) => ({ ...alone, host, port }))
  known.set(target, found)
  return found
}

/** PostgreSQL that starts, stops or recovers. */
const CANNOT_CONNECT_NOW = '57P03'

const isElsewhere = (error: unknown): boolean =>
  error instanceof UpstreamRefusal
    ? error.fields['C'] === CANNOT_CONNECT_NOW
    : error instanceof HoopError && error.code === 'UPSTREAM_UNREACHABLE'

const first = async <T>(
  targets: readonly UpstreamTarget[],
  attempt: (target: UpstreamTarget) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> => {
  let failure: unknown
  for (const target of targets) {
    try {
      return await attempt(target)
    } catch (error) {
      if (signal?.aborted || !isElsewhere(error)) throw error
      // That one answers and isn't wanted says more than that another doesn't answer.
      if (!(failure instanceof Unsuited)) failure = error
    }
  }
  throw failure instanceof Error ? failure : asHoopError(failure)
}

/**
 * Tries a target's servers one after the other.
 * @param attempt gets one server; what it throws as UPSTREAM_UNREACHABLE, or with 57P03, makes it the next one's turn
 * @throws what the last attempt threw, or one whose server isn't as asked
 */
export const firstOf = async <T>(
  target: UpstreamTarget,
  attempt: (target: UpstreamTarget) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  const targets = each(target)
  try {
    return await first(targets, attempt, signal)
  } catch (error) {
    if (target.attributes !== 'prefer-standby' || signal?.aborted || !isElsewhere(error)) throw error
    return first(targets, (one) => attempt(anyOf(one)), signal)
  }
}

const relaxed = new WeakMap<UpstreamTarget, UpstreamTarget>()

const anyOf = (target: UpstreamTarget): UpstreamTarget => {
  const found = relaxed.get(target) ?? { ...target, attributes: 'any' }
  relaxed.set(target, found)
  return found
}
