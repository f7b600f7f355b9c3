import { accountOf } from '../../identity/account.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { SessionRecorder } from '../../recording/events.js'
import { initParser } from '../../sql/parser.js'
import { authenticationOk, backendKeyData, negotiateProtocolVersion } from '../../wire/backend.js'
import { frame } from '../../wire/frontend.js'
import { Backend } from '../../wire/tags.js'
import { watchTimes } from './clock.js'
import { Journal } from '../relay/journal.js'
import { assertAllPinned } from '../relay/machine/server/settings.js'
import { SearchPath } from '../relay/machine/server/search-path.js'
import { Pump } from '../relay/pump.js'
import { Blanking } from '../relay/rows/blanking.js'
import { Keeping } from '../relay/rows/keeping.js'
import type { Metering } from '../relay/rows/sinks.js'
import { startOf, summaryOf } from './first-records.js'
import { newSessionId } from './id.js'
import type { SessionOptions } from './options.js'
import type { Entered } from './services.js'
import { assertAllowed } from './startup-options.js'
import { applicationName, askerOf, gateOf, meteringOf, upstreamParameters } from './parts.js'
import { type SessionName, SessionRegistry } from './registry.js'
import { readRequest, type SessionRequest } from './request.js'
import { connectUpstream, type Upstream } from '../upstream/connect.js'
import { cancelUpstream } from '../upstream/cancel.js'
import { resetUpstream } from '../upstream/tls.js'

/**
 * Opens a session: logs in upstream as the gateway, begins the recording, greets the client and relays until one side
 * ends. Resolves when the session runs; what goes wrong before that is thrown and recorded by nobody, since nothing ran.
 * @throws {HoopError} and UpstreamRefusal
 */
export const openSession = async (options: SessionOptions): Promise<void> => {
  const { services, registry, runtime, grant, startup, socket } = options
  const id = newSessionId()
  const { chain, principal } = grant
  const { subject, name, owner } = principal
  const breakGlass = grant.breakGlass === true && runtime.breakGlass
  const access = {
    person: principal,
    policy: runtime.policy.name,
    clear: runtime.clear,
    breakGlass,
    given: runtime.given,
    role: runtime.role,
    login: runtime.login,
    counted: {
      groups: runtime.countedGroups ?? [],
      held: (runtime.countedGroups ?? []).filter((group) => principal.groups.includes(group)),
    },
  }
  const whose = owner && { owner: { subject: owner.subject, name: owner.name } }
  const known = { ...{ id, subject, name, chain }, ...whose, connection: runtime.name, access }
  const reservation = registry.reserve(known, { limits: runtime.limits })
  let upstream: Upstream | undefined
  let entered: Entered | undefined
  try {
    const draft = readRequest(startup, runtime, false)
    entered = await runtime.enter(draft.database, reservation.signal)
    const { guard, upstream: target } = entered
    const metering = await meteringOf(options, target, draft.database, id)
    const request = guard ? readRequest(startup, runtime, true) : draft
    if (guard) assertAllowed(guard, request.asked, askerOf(grant, runtime, request))
    upstream = await connectUpstream(
      target,
      upstreamParameters(target, request, grant, id, runtime.role),
      reservation.signal,
    )
    for (const notice of upstream.concerns)
      services.log.warn({ connection: runtime.name, notice }, 'the server has a word about the gateway’s login')
    reservation.signal.throwIfAborted()
    if (guard) {
      assertAllPinned(upstream.parameters)
      assertEncoding(upstream.parameters)
    }
    // Also where no policy is: a name that the client sets is read by it.
    await initParser()
    const startedAt = new Date()
    const summary = summaryOf(options, request, id, startedAt, guard)
    const recorder = await services.openRecording(startOf(options, request, id, startedAt, upstream))
    await services.index.started(summary).catch((error: unknown) => {
      recorder.close({ end: 'failed', reason: asHoopError(error).message, counters: {} })
      throw error
    })
    run(options, reservation, request, { ...entered, metering }, recorder, upstream, known)
  } catch (error) {
    upstream?.socket.destroy()
    reservation[Symbol.dispose]()
    socket.resume()
    if (entered && !reservation.signal.aborted) runtime.met(error)
    throw reservation.signal.aborted ? reservation.signal.reason : error
  }
}

/**
 * The server cuts long names at so many bytes of its own encoding, hoop at so many of UTF-8: in another encoding two
 * statements with long names could be one here and two there. @throws {HoopError} UPSTREAM_ENCODING
 */
const assertEncoding = (reported: ReadonlyMap<string, string>): void => {
  const encoding = reported.get('server_encoding') ?? 'unknown'
  if (encoding !== 'UTF8') throw new HoopError('UPSTREAM_ENCODING', `it is ${encoding}`)
}

const run = (
  options: SessionOptions,
  reservation: Disposable,
  request: SessionRequest,
  { guard, upstream: target, metering }: Entered & { readonly metering: Metering | undefined },
  recorder: SessionRecorder,
  upstream: Upstream,
  known: SessionName,
): void => {
  const { id } = known
  const { services, registry, budget, runtime, grant, socket, rest } = options
  const metrics = services.metrics.connection(runtime.name)
  const keeping = new Keeping(runtime.recordings)
  const journal = new Journal(recorder, metrics, keeping, new Blanking(guard, keeping.vectors))
  const key = { pid: upstream.key?.pid ?? 0, secret: SessionRegistry.secret(request.minor) }
  const cancel = async (): Promise<void> => {
    if (!upstream.key) return
    journal.cancel()
    await cancelUpstream(upstream.at, upstream.key).catch(() => undefined)
  }
  const relay = new Pump({
    client: socket,
    upstream: upstream.socket,
    guard,
    journal,
    asker: askerOf(grant, runtime, request),
    account: accountOf(grant.principal),
    metering,
    searchPath: new SearchPath(
      upstream.parameters.get('search_path'),
      request.settings.get('search_path'),
      runtime.login === undefined && runtime.role === undefined,
    ),
    budget,
    cancel,
    reset: () => resetUpstream(upstream.socket),
    message: services.limits.message,
    names: services.limits.names,
    replay: services.limits.replay,
    functionCalls: runtime.functionCalls,
    named: (own) => applicationName(grant.principal.subject, id, own),
    gate: guard && gateOf(options, request, target, id),
    ...{ metrics, waited: services.metrics.waited },
  })
  metrics.started++
  const progress = setInterval(() => services.index.progress(id, { ...journal.counters }), 1000)
  progress.unref()
  const finished = relay.finished.then(async ({ end, reason, by, error }) => {
    clearInterval(progress)
    metrics.ended[end]++
    reservation[Symbol.dispose]()
    const counters = { ...journal.counters }
    const { lastRefusal: _, ...numbers } = counters
    const because = { ...(reason && { reason }), ...(by && { by }) }
    const problem = recorder.close({ end, ...because, counters: numbers })
    if (error && error.message !== reason) services.log.error({ session: id, err: error }, 'the session failed')
    if (problem) services.log.error({ session: id, err: problem }, 'the recording could not be closed')
    const ended = { end, ...because, endedAt: new Date().toISOString(), counters }
    await services.index
      .ended(id, ended)
      .catch((error: unknown) =>
        services.log.error({ session: id, code: asHoopError(error).code }, 'the session index was not updated'),
      )
    services.log.info({ session: id, end, reason, by: by?.subject, ...numbers }, 'session ended')
  })
  const ending = registry.add(
    {
      ...known,
      ...(metering && { counts: metering.meter.session }),
      counters: journal.counters,
      key,
      get busy() {
        return relay.busy
      },
      cancel: () => relay.cancel(),
      end: (error, end, by) => relay.end(error, end, by),
      finished,
    },
    grant.expiresAt,
  )
  const { subject, owner } = known
  const whose = owner && { owner: owner.subject }
  services.log.info({ session: id, subject, ...whose, connection: runtime.name }, 'session started')
  // Ended while it was being opened: nothing of what the client has sent already may run.
  if (ending) {
    relay.start(Buffer.alloc(0), upstream.rest)
    return relay.end(ending.error, ending.end, ending.by)
  }
  socket.cork()
  if (request.negotiate) socket.write(negotiateProtocolVersion(request.minor, request.negotiate))
  socket.write(authenticationOk())
  for (const message of upstream.greeting) socket.write(message)
  socket.write(backendKeyData(key.pid, key.secret))
  socket.write(frame(Backend.ReadyForQuery, Buffer.from('I')))
  socket.uncork()
  relay.start(rest, upstream.rest)
  watchTimes(relay, runtime.times)
}
