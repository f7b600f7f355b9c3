import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { makeCertificates } from '../certificates.js'
import { noUnitTest } from '../suite/no-unit.js'
import type { ServerOptions } from './postgres-process.js'

export interface TestPostgres extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly user: 'postgres'
  readonly password: string
  /** As the superuser, without sslmode. */
  readonly url: string
  /** Signed the server's certificate, which is good for localhost, 127.0.0.1 and ::1. */
  readonly caFile: string
  /** Of the postmaster. */
  readonly pid: number
  /** Ends the server, sessions and all, and keeps its data. */
  down(): Promise<void>
  /** Starts it again on the same port. */
  up(): Promise<void>
}

/** Durability costs time and a test's data dies with the test. */
const quick = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '400',
  shared_buffers: '64MB',
}

/** Roles for each way to log in; their password is `secret`. `roles` is run by whoever starts the server. */
export const logins = {
  hba: [
    'host all login_md5 all md5',
    'hostssl all login_cleartext all password',
    'host all login_trust all trust',
    'hostnossl all login_tls_only all reject',
    'host all login_none all reject',
  ],
  roles: `
    SET password_encryption = 'md5';
    CREATE ROLE login_md5 LOGIN PASSWORD 'secret';
    RESET password_encryption;
    CREATE ROLE login_cleartext LOGIN PASSWORD 'secret';
    CREATE ROLE login_trust LOGIN;
    CREATE ROLE login_tls_only LOGIN PASSWORD 'secret';
    CREATE ROLE login_none LOGIN PASSWORD 'secret'`,
}

/** A TCP port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Starts a real PostgreSQL 18, or the one in another folder, with SCRAM and TLS on a free port of loopback, in a folder of its own. It stops when
 * disposed, and also when this process dies by any means.
 * @param settings of postgresql.conf, over those that trade durability for speed
 * @param standby it stays in recovery, and only reads
 * @param server with `bin`, `lib` and `share`; by default the one from npm
 */
export const startPostgres = async (
  settings: Readonly<Record<string, string>> = {},
  server?: string,
  standby = false,
): Promise<TestPostgres> => {
  noUnitTest('PostgreSQL')
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'hoop-postgres-')))
  const [port, { caFile, certFile, keyFile }] = await Promise.all([freePort(), makeCertificates(folder)])
  const password = 'it isn’t/a: good@one'
  const options: ServerOptions = {
    folder,
    port,
    user: 'postgres',
    password,
    keyFile,
    hba: logins.hba,
    ...(server !== undefined && { server }),
    standby,
    settings: {
      ...quick,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      ssl: 'on',
      ssl_cert_file: certFile,
      ssl_key_file: keyFile,
      ...settings,
    },
  }
  const file = new URL(`postgres-process${extname(new URL(import.meta.url).pathname)}`, import.meta.url)
  // Its own process group, so that Ctrl-C reaches it through us only; its channel is what it watches us by.
  const child = fork(file, { detached: true, stdio: 'ignore', execArgv: [] })
  const gone = once(child, 'exit')
  child.send(options)
  const answered = async (): Promise<{ readonly pid?: number }> => {
    const [answer] = (await Promise.race([once(child, 'message'), gone])) as [
      { failed?: string; pid?: number } | number | null,
    ]
    if (typeof answer === 'object' && answer && answer.failed === undefined) return answer
    throw new Error(`PostgreSQL did not start: ${typeof answer === 'object' ? answer?.failed : 'its process ended'}`)
  }
  let { pid = 0 } = await answered()
  child.unref()
  child.channel?.unref()
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    url: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    caFile,
    get pid() {
      return pid
    },
    down: async () => {
      child.send('down')
      await answered()
    },
    up: async () => {
      child.send('up')
      ;({ pid = 0 } = await answered())
    },
    [Symbol.asyncDispose]: async () => {
      child.ref()
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
