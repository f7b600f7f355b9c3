import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCertificates, type CertificateFiles } from '../../helpers/certificates.js'
import { freePort } from '../../helpers/postgres/postgres.js'
import { giveAway, serviceAccount } from './account.js'
import { announced, end } from './process.js'
import type { Server } from './server.js'

export interface Bouncer extends AsyncDisposable {
  readonly port: number
  readonly pid: number
}

/** Session pooling, SCRAM and TLS on both sides: what hoop is measured against does the same work on the wire. */
const configuration = (server: Server, port: number, tls: CertificateFiles, users: string): string => `[databases]
${server.database} = host=127.0.0.1 port=${server.port} user=${server.user} password=${server.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = session
max_client_conn = 1000
default_pool_size = 600
client_tls_sslmode = require
client_tls_cert_file = ${tls.certFile}
client_tls_key_file = ${tls.keyFile}
server_tls_sslmode = verify-full
server_tls_ca_file = ${server.caFile}
log_connections = 0
log_disconnections = 0
log_stats = 0
`

/** @param folder of the run; other accounts must be able to pass through it */
export const startBouncer = async (program: string, server: Server, folder: string): Promise<Bouncer> => {
  const [port, tls] = await Promise.all([freePort(), makeCertificates(folder, { prefix: 'pgbouncer-' })])
  const [file, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'pgbouncer-users.txt')]
  await writeFile(file, configuration(server, port, tls, users), { mode: 0o600 })
  await writeFile(users, `"${server.user}" "${server.password}"\n`, { mode: 0o600 })
  await giveAway(file, users, tls.keyFile)
  const child = spawn(program, [file], { ...serviceAccount(), stdio: ['ignore', 'ignore', 'pipe'] })
  await announced(child, 'stderr', /process up/)
  return { port, pid: child.pid!, [Symbol.asyncDispose]: () => end(child) }
}
