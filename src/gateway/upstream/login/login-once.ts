import { TLSSocket } from 'node:tls'
import { HoopError } from '../../../lib/errors.js'
import { connectUpstream } from '../connect.js'
import { UpstreamRefusal } from '../server-words.js'
import type { UpstreamTarget } from '../target.js'

/** What a login showed. */
export interface LoggedIn {
  readonly parameters: ReadonlyMap<string, string>
  /** Version of TLS, where there is TLS. */
  readonly encrypted: string | undefined
}

const terminate = Buffer.from([0x58, 0, 0, 0, 4])

/**
 * Logs in as a session would, and leaves again.
 * @throws {HoopError} and UpstreamRefusal, as `connectUpstream`
 */
export const loginOnce = async (target: UpstreamTarget, database: string, signal?: AbortSignal): Promise<LoggedIn> => {
  const parameters = new Map([
    ['user', target.user],
    ['database', database],
    ['application_name', 'hoop:gateway'],
  ])
  const { socket, parameters: said } = await connectUpstream(target, parameters, signal)
  const encrypted = socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined
  socket.end(terminate)
  return { parameters: said, encrypted }
}

const hintFor = (sqlstate: string | undefined): string =>
  sqlstate?.startsWith('28')
    ? 'Check the user in the url, the password’s source and the server’s pg_hba.conf.'
    : 'Check the database’s name and the server’s log.'

/** The server's refusal behind an error, where there is one. */
export const refusalIn = (error: unknown): UpstreamRefusal | undefined => {
  if (error instanceof UpstreamRefusal) return error
  return error instanceof HoopError && error.cause instanceof UpstreamRefusal ? error.cause : undefined
}

/** What the server said in its own words; the gateway's operator may know. */
export const inServersWords = (error: unknown): unknown => {
  const refusal = refusalIn(error)
  return refusal
    ? new HoopError('UPSTREAM_LOGIN', refusal.message, { hint: hintFor(refusal.fields['C']), cause: error })
    : error
}
