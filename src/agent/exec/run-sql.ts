import { asHoopError, HoopError } from '../../lib/errors.js'
import { openClient } from '../api/client.js'
import type { Environment } from '../files/environment.js'
import { type Answer, Execution, type SqlText } from './exec.js'
import { HeldGrant } from '../link/grant.js'
import { startupMessage } from '../../wire/startup.js'
import { Links, type Stream } from '../link/links.js'
import { approvalHeader } from '../../lib/link/names.js'

export interface SqlRequest {
  readonly env: Environment
  readonly gateway?: string | undefined
  readonly connection: string
  readonly reason?: string | undefined
  /** Runs at once what needs an approval, where the policy lets this person. */
  readonly breakGlass?: boolean
  /** Waits for an approval; without, what needs one is refused with the request's id. */
  readonly wait?: boolean
  /** Run in order, until one fails. */
  readonly texts: readonly SqlText[]
  /** Data for COPY … FROM STDIN. */
  readonly input: AsyncIterable<Buffer>
}

/** Milliseconds that a cancelled statement has to end. */
const patience = 3_000

/**
 * Runs SQL on a connection through a stream, with no port opened. Where `signal` aborts, the statement is cancelled at
 * the server and then the signal's reason thrown.
 * @throws {HoopError} NOT_LOGGED_IN, ACCESS_DENIED, GATEWAY_…, UPSTREAM_LOST
 */
export async function* runSql(
  { env, gateway, connection, reason, breakGlass = false, wait = false, texts, input }: SqlRequest,
  warn: (text: string) => void,
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  if (texts.some(({ text, values = [] }) => [text, ...values].some((each) => each.includes('\0'))))
    throw new HoopError('USAGE', 'the SQL holds a NUL character')
  const stop = new AbortController()
  const client = await openClient({ env, gateway, signal: stop.signal })
  const abortEarly = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', abortEarly, { once: true })
  const links = new Links(client)
  try {
    const wish = { connection, ...(reason !== undefined && { reason }), ...(breakGlass && { breakGlass }) }
    const events = {
      renewed: () => undefined,
      renewalFailed: (error: HoopError, until: Date) =>
        warn(`the grant could not be renewed: ${error.message}; the session ends at ${until.toLocaleTimeString()}`),
    }
    const grant = await HeldGrant.obtain(client, wish, events, stop.signal)
    const headers: Record<string, string> = wait ? {} : { [approvalHeader]: 'retry' }
    const open = async (first: Buffer): Promise<Stream> =>
      links.open({ grant: (until) => grant.token(until), first, headers }, stop.signal)
    const { database } = grant.current.connection
    const parameters: [string, string][] = [
      ['user', grant.current.subject],
      ['database', database],
      ['application_name', 'hoop exec'],
      ['client_encoding', 'UTF8'],
      ...(env['PGOPTIONS'] ? [['options', env['PGOPTIONS']] as [string, string]] : []),
    ]
    const socket = await open(startupMessage(parameters))
    signal.removeEventListener('abort', abortEarly)
    const execution = new Execution(socket, open)
    const cancel = (): void => {
      setTimeout(() => socket.destroy(), patience).unref()
      execution.cancel().catch(() => socket.destroy())
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      for await (const answer of execution.run(texts, input)) {
        if (signal.aborted && answer.kind === 'error') break
        yield answer
      }
    } finally {
      signal.removeEventListener('abort', cancel)
      socket.destroySoon()
    }
    signal.throwIfAborted()
  } catch (error) {
    signal.throwIfAborted()
    throw asHoopError(error)
  } finally {
    signal.removeEventListener('abort', abortEarly)
    await links[Symbol.asyncDispose]()
    stop.abort(new HoopError('INTERRUPTED'))
    client.close()
  }
}
