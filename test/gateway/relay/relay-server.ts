import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import pino from 'pino'
import { inject } from 'vitest'
import type { SessionTimes } from '../../../src/gateway/session/clock.js'
import type { ConnectionRuntime, SessionServices } from '../../../src/gateway/session/services.js'
import { GatewayMetrics } from '../../../src/gateway/metrics/gateway-metrics.js'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import type { QuestionLimits } from '../../../src/gateway/budgets/questions.js'
import { Usage } from '../../../src/gateway/budgets/usage.js'
import { noVectors, type VectorTypes } from '../../../src/gateway/budgets/vectors.js'
import { openSession } from '../../../src/gateway/session/opening.js'
import { SessionRegistry } from '../../../src/gateway/session/registry.js'
import { readPacket } from '../../../src/gateway/link/first-packet.js'
import { UpstreamRefusal } from '../../../src/gateway/upstream/server-words.js'
import { fatalOf } from '../../../src/gateway/relay/refusal.js'
import { asHoopError } from '../../../src/lib/errors.js'
import type { RecordingsConfig } from '../../../src/policy/config/policy/recordings.js'
import type { BudgetsConfig } from '../../../src/policy/config/schema.js'
import type { Guard } from '../../../src/policy/decision.js'
import { openRecording } from '../../../src/recording/open.js'
import { recordingPath } from '../../../src/recording/paths.js'
import { readRecording } from '../../../src/recording/reader.js'
import type { SessionEvent, SessionRecorder, StartEvent } from '../../../src/recording/events.js'
import type { Grant } from '../../../src/identity/types.js'
import { MemoryBudget } from '../../../src/wire/cutter.js'
import { errorResponse } from '../../../src/wire/error-fields.js'
import { tempFolder } from '../../helpers/temp.js'
import type { Approvals } from '../../../src/gateway/approvals/approvals.js'
import { noApprovals } from '../approvals/none.js'

export interface RelayServer extends AsyncDisposable {
  readonly port: number
  readonly registry: SessionRegistry
  readonly budget: MemoryBudget
  /** Ids of the sessions in the order in which they began. */
  readonly sessions: readonly string[]
  /** Waits until no session is left, then reads a recording. */
  recording(index?: number): Promise<SessionEvent[]>
  readonly sockets: readonly Socket[]
}

export interface RelayServerOptions {
  readonly url?: string
  readonly guard?: Guard
  readonly upstream?: Partial<UpstreamTarget>
  readonly budgets?: BudgetsConfig
  readonly recordings?: RecordingsConfig
  readonly questions?: QuestionLimits
  readonly usage?: Usage
  readonly vectorTypes?: VectorTypes
  readonly databases?: readonly [string, ...string[]]
  readonly times?: SessionTimes
  readonly functionCalls?: boolean
  readonly message?: number
  readonly buffered?: number
  readonly names?: { readonly count: number; readonly bytes: number }
  readonly expiresAt?: Date
  /** Where requests for approval go; by default nobody hears them. */
  readonly approvals?: Approvals
  readonly webhooks?: SessionServices['webhooks']
  readonly metrics?: GatewayMetrics
  readonly grant?: Partial<Grant>
  readonly breakGlass?: boolean
  /** As which role sessions go on behind the login. */
  readonly role?: string
  /** The upstream's user is of an entry's own login. */
  readonly login?: string
  /** Hash of the policy that is in force by now; sessions begin with `none`. */
  readonly policyNow?: () => string
  /** The client would rather be refused at once than wait for an approval. */
  readonly retry?: boolean
  /** Stands between the recording and its session: for recordings that fail. */
  readonly recorder?: (recorder: SessionRecorder) => SessionRecorder
}

/** Budgets of persons that outlive no test. */
const forgetful = { since: async () => [], put: async () => undefined }

export const targetOf = (url: string): UpstreamTarget => {
  const { hostname, port, username, password } = new URL(url)
  return {
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: () => decodeURIComponent(password),
    sslmode: 'disable',
    connectTimeout: 10_000,
  }
}

/** The gateway's sessions without their HTTP door: plain TCP in front, a real server behind, real recordings. */
export const relayServer = async (options: RelayServerOptions = {}): Promise<RelayServer> => {
  const url = options.url ?? inject('databaseUrl')
  const folder = await tempFolder()
  const registry = new SessionRegistry({ limits: () => ({ sessions: 1000, sessions_per_person: 1000 }) })
  const usage = options.usage ?? new Usage({ store: forgetful, failed: () => undefined })
  const budget = new MemoryBudget(options.buffered ?? 1 << 30)
  const sessions: string[] = []
  const started: string[] = []
  const sockets: Socket[] = []
  const upstream = { ...targetOf(url), ...options.upstream }
  const runtime: ConnectionRuntime = {
    name: 'vectordb',
    enter: async () => ({ upstream, guard: options.guard }),
    met: () => undefined,
    databases: options.databases ?? [new URL(url).pathname.slice(1)],
    policy: { name: 'test', hash: 'none' },
    clear: options.guard?.clear ?? false,
    ...(options.budgets ? { budgets: options.budgets } : {}),
    ...(options.recordings && { recordings: options.recordings }),
    ...(options.questions ? { questions: options.questions } : {}),
    ...(options.times && { times: options.times }),
    vectorTypes: async () => options.vectorTypes ?? noVectors,
    resume: 0,
    functionCalls: options.functionCalls ?? false,
    breakGlass: options.breakGlass ?? false,
    ...(options.role !== undefined && { role: options.role }),
    ...(options.login !== undefined && { login: options.login }),
    program: false,
  }
  const services = {
    authenticate: () => Promise.reject(new Error('no HTTP here')),
    runtime: async () => ({ ...runtime, policy: { name: 'test', hash: options.policyNow?.() ?? 'none' } }),
    openRecording: async (start: StartEvent) => {
      sessions.push(start.session)
      started.push(start.time)
      const recorder = await openRecording(folder.path, start)
      return options.recorder?.(recorder) ?? recorder
    },
    index: { started: async () => undefined, progress: () => undefined, ended: async () => undefined },
    webhooks: options.webhooks ?? { emit: () => undefined },
    approvals: options.approvals ?? noApprovals,
    usage,
    limits: {
      message: options.message ?? 256 << 20,
      names: options.names ?? { count: 10_000, bytes: 32 << 20 },
      replay: 1 << 20,
      buffered: 1 << 30,
      sessions: 1000,
      startup: 2000,
    },
    metrics: options.metrics ?? new GatewayMetrics(),
    version: 'test',
    log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
  }
  const principal = { subject: 'ada', issuer: 'test', name: 'Ada', groups: [], jkt: 'key' }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => socket.destroy())
    const grant = {
      id: 'grant',
      chain: 'chain',
      principal,
      connection: 'vectordb',
      expiresAt: options.expiresAt ?? new Date(Date.now() + 3_600_000),
      ...options.grant,
    }
    readPacket(socket, Buffer.alloc(0), 2000)
      .then(async (first) => {
        if (!first) return socket.end()
        const { packet, rest } = first
        if (packet.kind === 'startup')
          return openSession({
            services,
            registry,
            budget,
            grant,
            runtime,
            socket,
            startup: packet,
            rest,
            address: undefined,
            retry: options.retry ?? false,
          })
        await registry.byKey(packet.pid, packet.secret, 'ada')?.cancel()
        socket.end()
      })
      .catch((error: unknown) => {
        socket.end(error instanceof UpstreamRefusal ? errorResponse(error.fields) : fatalOf(asHoopError(error)))
        socket.resume()
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    registry,
    budget,
    sessions,
    sockets,
    recording: async (index = 0) => {
      await registry.idle()
      const events: SessionEvent[] = []
      for await (const event of readRecording(recordingPath(folder.path, sessions[index]!, started[index]!)))
        events.push(event)
      return events
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await registry.idle()
      await folder[Symbol.asyncDispose]()
    },
  }
}
