import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { expect, inject, test } from 'vitest'
import { openOwnClient } from '../../../src/gateway/upstream/own-client.js'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import { makeAuthority } from '../../../src/operator/init/authority.js'

const target = (over: Partial<UpstreamTarget> = {}): UpstreamTarget => {
  const url = new URL(inject('databaseUrl'))
  return {
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: () => decodeURIComponent(url.password),
    sslmode: 'verify-full',
    sslrootcert: readFileSync(inject('caFile'), 'utf8'),
    connectTimeout: 5000,
    ...over,
  }
}

const modes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

test.for(modes)('under sslmode %s it is encrypted as asked and shows its name', async (sslmode) => {
  const client = await openOwnClient(target({ sslmode }), 'postgres')
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT ssl, current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout
     FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
  )
  expect(rows).toEqual([{ ssl: sslmode !== 'disable', name: 'hoop:gateway', timeout: '10s' }])
  await client.end()
})

test('a stranger’s certificate is refused', async () => {
  const sslrootcert = (await makeAuthority('stranger')).cert
  await expect(openOwnClient(target({ sslrootcert }), 'postgres')).rejects.toMatchObject({ code: 'UPSTREAM_TLS' })
})

test('a wrong password, a wrong database and a closed port say so', async () => {
  await expect(openOwnClient(target({ password: () => 'wrong' }), 'postgres')).rejects.toMatchObject({
    code: 'UPSTREAM_LOGIN',
    message: expect.stringContaining('authentication failed') as string,
  })
  await expect(openOwnClient(target(), 'nowhere')).rejects.toThrow('database "nowhere" does not exist')
  await expect(openOwnClient(target({ port: 1 }), 'postgres')).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
})

test('the password is sent in clear over TLS and never without', async () => {
  const client = await openOwnClient(target({ user: 'login_cleartext', password: () => 'secret' }), 'postgres')
  await client.end()

  const heard: Buffer[] = []
  const fakeServer = createServer((socket) => {
    const askInClear = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]) // AuthenticationCleartextPassword
    socket.once('data', () => socket.write(askInClear))
    socket.on('data', (chunk) => heard.push(chunk)).on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(fakeServer, 'listening')
  const { port } = fakeServer.address() as AddressInfo
  const plain = target({ host: '127.0.0.1', port, sslmode: 'disable', password: () => 'never-to-be-heard' })
  await expect(openOwnClient(plain, 'postgres')).rejects.toThrow('in clear')
  expect(Buffer.concat(heard).toString('latin1')).toContain('hoop:gateway')
  expect(Buffer.concat(heard).toString('latin1')).not.toContain('never-to-be-heard')
  fakeServer.close()
})
