import { join } from 'node:path'
import type { ConnectionInfo, GrantAnswer } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import type { LocalCheck, OpenStream } from './accept.js'
import { type GatewayClient, openClient } from '../api/client.js'
import { type Environment, runtime } from '../files/environment.js'
import { HeldGrant } from '../link/grant.js'
import { Listener, type LocalAddress } from './listener.js'
import { newLocalPassword } from './local-password.js'
import { StickyPorts } from './sticky-ports.js'
import { Links } from '../link/links.js'

export interface ConnectRequest {
  readonly env: Environment
  readonly gateway?: string | undefined
  readonly names: readonly string[]
  /** For one name only. */
  readonly port?: number | undefined
  readonly socket?: boolean
  /** Ask clients for a password instead of looking at their user. */
  readonly password?: boolean
  readonly reason?: string | undefined
  /** Runs at once what needs an approval, where the policy lets this person. */
  readonly breakGlass?: boolean
}

/** What happens while connections are open; with `--json` each is a line. Documented in docs/cli.md. */
export type ConnectEvent =
  | { readonly event: 'session'; readonly name: string; readonly state: 'opened' | 'closed'; readonly open: number }
  | {
      readonly event: 'refused'
      readonly name: string
      readonly code: string
      readonly message: string
      readonly hint: string
    }
  | { readonly event: 'renewed'; readonly name: string; readonly expiresAt: string }
  | {
      readonly event: 'renewal_failed'
      readonly name: string
      readonly code: string
      readonly message: string
      readonly expiresAt: string
    }
  | { readonly event: 'port_changed'; readonly name: string; readonly port: number; readonly usual: number }

/** One connection that is open on this machine. */
export interface OpenConnection {
  readonly name: string
  readonly info: ConnectionInfo
  readonly subject: string
  readonly grant: HeldGrant
  readonly address: LocalAddress
  /** Only where clients are asked for it. */
  readonly password: string | undefined
  /** libpq's connection URI. */
  readonly dsn: string
  readonly sessions: () => number
}

export interface Connected extends AsyncDisposable {
  readonly client: GatewayClient
  readonly connections: readonly OpenConnection[]
}

/** PostgreSQL's own port: names the socket, so that `psql -h FOLDER` needs no `-p`. */
const usualPort = 5432

/**
 * Gets a grant and opens a port for each name, all or none.
 * @throws {HoopError} PORT_IN_USE, ACCESS_DENIED, CONNECTION_UNKNOWN, NOT_LOGGED_IN, GATEWAY_…
 */
export async function connect(
  request: ConnectRequest,
  tell: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Connected> {
  const { env, gateway, names } = request
  const stop = new AbortController()
  const running = AbortSignal.any([signal, stop.signal])
  await using undo = new AsyncDisposableStack()
  undo.defer(() => stop.abort(new HoopError('INTERRUPTED')))
  const client = await openClient({ env, gateway, signal: running })
  undo.defer(() => client.close())
  const links = undo.use(new Links(client))
  const connections: OpenConnection[] = []
  for (const name of new Set(names)) connections.push(await openOne(client, links, request, name, tell, running, undo))
  const owned = undo.move()
  return { client, connections, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function openOne(
  client: GatewayClient,
  links: Links,
  request: ConnectRequest,
  name: string,
  tell: (event: ConnectEvent) => void,
  signal: AbortSignal,
  undo: AsyncDisposableStack,
): Promise<OpenConnection> {
  const { reason, breakGlass } = request
  const wish = { connection: name, ...(reason !== undefined && { reason }), ...(breakGlass && { breakGlass }) }
  const grant = await HeldGrant.obtain(
    client,
    wish,
    {
      renewed: ({ expiresAt }: GrantAnswer) => tell({ event: 'renewed', name, expiresAt }),
      renewalFailed: ({ code, message }, expiresAt) =>
        tell({ event: 'renewal_failed', name, code, message, expiresAt: expiresAt.toISOString() }),
    },
    signal,
  )
  const check = checkFor(request)
  let open = 0
  const stream: OpenStream = async (first, one) => links.open({ grant: (until) => grant.token(until), first }, one)
  links.warm(grant.current.grant)
  const listen = (address: LocalAddress): Promise<Listener> =>
    Listener.open(
      address,
      check,
      stream,
      {
        opened: () => tell({ event: 'session', name, state: 'opened', open: ++open }),
        closed: (outcome) => {
          tell({ event: 'session', name, state: 'closed', open: --open })
          if (outcome && !signal.aborted)
            tell({ event: 'refused', name, code: outcome.code, message: outcome.message, hint: outcome.hint })
        },
      },
      signal,
    )
  const listener = undo.use(await place(client, request, name, listen, tell))
  const { connection: info, subject } = grant.current
  const password = check.kind === 'password' ? check.password : undefined
  const dsn = dsnOf(listener.address, info.database, password)
  return { name, info, subject, grant, address: listener.address, password, dsn, sessions: () => open }
}

/** The port asked for, else the one this connection had, else a free one that it keeps from now on. */
async function place(
  client: GatewayClient,
  { env, port, socket }: ConnectRequest,
  name: string,
  listen: (address: LocalAddress) => Promise<Listener>,
  tell: (event: ConnectEvent) => void,
): Promise<Listener> {
  if (socket) return listen({ kind: 'socket', folder: join(runtime(env), fileName(name)), port: port ?? usualPort })
  const tcp = (number: number): LocalAddress => ({ kind: 'tcp', host: '127.0.0.1', port: number })
  if (port !== undefined) return listen(tcp(port))
  // A job with HOOP_TOKEN comes once: its ports need not be remembered.
  const sticky = env['HOOP_TOKEN'] ? undefined : new StickyPorts(env)
  const usual = await sticky?.recall(client.route.url.href, name)
  if (usual !== undefined) {
    const again = await listen(tcp(usual)).catch((error: unknown) => {
      if (error instanceof HoopError && error.code === 'PORT_IN_USE') return undefined
      throw error
    })
    if (again) return again
  }
  const free = await listen(tcp(0))
  if (usual === undefined) await sticky?.remember(client.route.url.href, name, free.address.port)
  else tell({ event: 'port_changed', name, port: free.address.port, usual })
  return free
}

/** Linux tells whose process is at the other end; elsewhere a password does. */
function checkFor({ socket, password }: ConnectRequest): LocalCheck {
  const uid = process.getuid?.()
  if (password || (!socket && (process.platform !== 'linux' || uid === undefined)))
    return { kind: 'password', password: newLocalPassword() }
  return socket || uid === undefined ? { kind: 'folder' } : { kind: 'user', uid }
}

const fileName = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E')

/** @see PostgreSQL documentation, "Connection URIs" */
function dsnOf(address: LocalAddress, database: string, password?: string): string {
  const login = password === undefined ? '' : `hoop:${password}@`
  const path = encodeURIComponent(database)
  return address.kind === 'tcp'
    ? `postgresql://${login}${address.host}:${address.port}/${path}`
    : `postgresql://${login}/${path}?host=${encodeURIComponent(address.folder)}&port=${address.port}`
}
