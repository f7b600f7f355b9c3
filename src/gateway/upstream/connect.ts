import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { deadline } from '../../lib/deadline.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { readKey, readParameterStatus } from '../../wire/backend.js'
import { Cutter, HEADER, MemoryBudget } from '../../wire/cutter.js'
import { readErrorFields } from '../../wire/error-fields.js'
import { withoutHoopCode } from '../../wire/hoop-code.js'
import { startupMessage } from '../../wire/startup.js'
import { Backend } from '../../wire/tags.js'
import { concernIn, refusalBy } from './server-words.js'
import type { UpstreamTarget } from './target.js'
import { Authentication } from './login/authentication.js'
import { assertSuited, firstOf, reportedState } from './hosts.js'
import { withRenewal } from './login/renewal.js'
import { brokenOff, openUpstream } from './tls.js'

/** A logged-in connection, paused, with what the server said during the login. */
export interface Upstream {
  /** The one server that it leads to: where a CancelRequest has to go. */
  readonly at: UpstreamTarget
  readonly socket: Socket | TLSSocket
  /** ParameterStatus and NoticeResponse messages in the order in which they came, for the client. */
  readonly greeting: readonly Buffer[]
  /** Notices that are the operator's: about the gateway's user or password. */
  readonly concerns: readonly string[]
  readonly parameters: ReadonlyMap<string, string>
  readonly key: { readonly pid: number; readonly secret: Buffer } | undefined
  /** Whatever came behind the first ReadyForQuery. */
  readonly rest: Buffer
}

/**
 * Connects and logs in, to the first of its servers that is as `target_session_attrs` asks.
 * @param parameters the StartupMessage's: at least `user` and `database`
 * @throws {HoopError} UPSTREAM_UNREACHABLE, UPSTREAM_TLS, UPSTREAM_LOGIN, SECRET_MISSING
 * @throws {UpstreamRefusal} with the server's own error where it isn't about the gateway's credential
 */
export const connectUpstream = async (
  target: UpstreamTarget,
  parameters: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<Upstream> => firstOf(target, (one) => withRenewal(one, () => connectTo(one, parameters, signal)), signal)

const connectTo = async (
  target: UpstreamTarget,
  parameters: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): Promise<Upstream> => {
  const within = deadline(target.connectTimeout, signal)
  const socket = await openUpstream(target, within)
  try {
    const upstream = await login(socket, target, parameters, within)
    assertSuited(target, reportedState(upstream.parameters))
    return upstream
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const login = (
  socket: Socket | TLSSocket,
  target: UpstreamTarget,
  parameters: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Upstream> =>
  new Promise((resolve, reject) => {
    const greeting: Buffer[] = []
    const concerns: string[] = []
    const statuses = new Map<string, string>()
    const authentication = new Authentication(target, socket)
    let key: Upstream['key']
    let ready = false
    const rest: Buffer[] = []
    // Answers to challenges are made one after the other, without blocking the reading of what follows.
    let answering: Promise<void> = Promise.resolve()

    const finish = (error?: unknown): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      if (error !== undefined) reject(error instanceof Error ? error : asHoopError(error))
      else resolve({ at: target, socket, greeting, concerns, parameters: statuses, key, rest: Buffer.concat(rest) })
    }
    const onError = (cause: unknown): void => finish(brokenOff(cause))
    const onClose = (): void =>
      finish(new HoopError('UPSTREAM_UNREACHABLE', 'it closed the connection during the login'))
    const onAbort = (): void => finish(new HoopError('UPSTREAM_UNREACHABLE', 'no answer in time'))

    const handle = (tag: number, buffer: Buffer, start: number, end: number): void => {
      switch (tag) {
        case Backend.Authentication: {
          const body = Buffer.from(buffer.subarray(start + HEADER, end))
          answering = answering.then(async () => {
            const reply = await authentication.answer(body)
            if (reply) socket.write(reply)
          })
          answering.catch(finish)
          return
        }
        case Backend.ParameterStatus: {
          const { name, value } = readParameterStatus(buffer, start, end)
          statuses.set(name, value)
          greeting.push(Buffer.from(buffer.subarray(start, end)))
          return
        }
        case Backend.Notice: {
          const concern = concernIn(readErrorFields(buffer, start, end), target.user)
          if (concern === undefined)
            greeting.push(withoutHoopCode(buffer, start, end) ?? Buffer.from(buffer.subarray(start, end)))
          else concerns.push(concern)
          return
        }
        case Backend.NegotiateProtocolVersion:
          return
        case Backend.BackendKeyData:
          key = readKey(buffer, start, end)
          return
        case Backend.Error: {
          const honest = withoutHoopCode(buffer, start, end) ?? buffer.subarray(start, end)
          return finish(refusalBy(readErrorFields(honest, 0, honest.length), target.user))
        }
        case Backend.ReadyForQuery:
          ready = true
          return
        default:
          throw new HoopError('UPSTREAM_LOGIN', `unexpected message ${String.fromCharCode(tag)}`)
      }
    }
    const cutter = new Cutter(
      {
        whole: (_tag, length) => {
          if (length > 100_000) throw new HoopError('FRAME_LENGTH', String(length))
          return true
        },
        frame: (tag, buffer, start, end) => {
          if (ready) rest.push(buffer.subarray(start, end))
          else handle(tag, buffer, start, end)
        },
        piece: () => undefined,
      },
      new MemoryBudget(200_000),
    )
    const onData = (chunk: Buffer): void => {
      try {
        cutter.feed(chunk)
      } catch (error) {
        return finish(error)
      }
      if (!ready) return
      socket.pause()
      answering
        .then(() =>
          finish(authentication.done ? undefined : new HoopError('UPSTREAM_LOGIN', 'the server skipped its login')),
        )
        .catch(finish)
    }
    // Stays for good: between this login and the relay's start nobody else listens.
    socket.on('error', () => undefined)
    socket.on('data', onData).on('error', onError).on('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    socket.write(startupMessage(parameters))
    socket.resume()
  })
