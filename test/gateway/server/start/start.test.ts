import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createRecordingsView } from './recordings.js'
import { startGateway } from '../../../../src/gateway/server/start/start.js'
import { logInto, started, type LogLine } from './started.js'

test('somebody with access gets a grant, a session and its recording', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const { client, ended } = await mika.connect()
  const { rows } = await client.query<{ name: string }>(`SELECT current_setting('application_name') AS name`)
  expect(rows[0]?.name).toMatch(/^hoop:mika\/[0-9a-z]{16}$/)
  await client.end()
  await ended
  const events = await createRecordingsView(it.folder.file('recordings')).only()
  expect(events.map(({ type }) => type)).toEqual(['start', 'statement', 'result', 'end'])
})

test('somebody without access gets none', async () => {
  await using it = await started()
  const casey = await it.person('casey')
  await expect(casey.grant()).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test('a grant that is not renewed ends its sessions as lapsed, a renewed one does not', async () => {
  await using it = await started((folder) => folder.edit('ttl: 10m', 'ttl: 5s'))
  const mika = await it.person('mika')
  const [lapsing, held] = [await mika.grant(), await mika.grant()]
  const [forgotten, renewed] = [await mika.connect(lapsing), await mika.connect(held)]
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await mika.grant(held)
  expect(await forgotten.ended).toMatchObject({ code: '57P01' })
  expect((await renewed.client.query('SELECT 1')).rowCount).toBe(1)
  const events = createRecordingsView(it.folder.file('recordings'))
  await expect.poll(async () => (await events.ends()).toSorted()).toContain('lapsed')
})

test('access that was taken away ends the session at the reload, and brings no other', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const grant = await mika.grant()
  const session = await mika.connect(grant)
  await it.folder.edit('groups: [ml-eng]', 'groups: [nobody]')
  await it.gateway.reload()
  await expect(mika.connect(grant)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  await expect(mika.grant(grant)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  expect(await session.ended).toMatchObject({ code: '57P01' })
})

test('a port in use is said, and leaves nothing locked', async () => {
  await using it = await started()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await it.gateway.close(0)
  const again = (listen: string) =>
    startGateway({ config: it.folder.config, version: '0.0.0', log: logInto([]), env: {}, listen })
  await expect(again(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'PORT_IN_USE', exit: 69 })
  other.close()
  const gateway = await again('127.0.0.1:0')
  await gateway.close(0)
})

test('a second gateway on the same recordings is refused', async () => {
  await using it = await started()
  const second = startGateway({ config: it.folder.config, version: '0.0.0', log: logInto([]), env: {} })
  await expect(second).rejects.toMatchObject({ code: 'GATEWAY_RUNNING' })
  const mika = await it.person('mika')
  await mika.connect()
})

test.for([
  ['hoop.yaml', 'CONFIG_MISSING'],
  ['keys/signing.json', 'KEY_MISSING'],
  ['keys/masking.key', 'KEY_MISSING'],
  ['tls/key.pem', 'CONFIG_INVALID'],
] as const)('without %s it does not start', async ([file, code]) => {
  await expect(started((folder) => rm(folder.file(file)))).rejects.toMatchObject({ code, exit: 78 })
})

test('without a secret that a webhook needs it does not start: nobody would hear of anything', async () => {
  const breakIt = started((folder) =>
    folder.edit('  drain:', '  webhooks: [{ url: "https://localhost:1", secret: "env:NOT_THERE" }]\n  drain:'),
  )
  await expect(breakIt).rejects.toMatchObject({ code: 'SECRET_MISSING', exit: 78 })
})

test('an expired certificate is said at start', async () => {
  const { issueServer } = await import('../../../../src/operator/init/authority.js')
  const lines: LogLine[] = []
  await using _ = await started(
    async (folder) => {
      const read = (name: string) => readFileSync(folder.file('tls', name), 'utf8')
      const authority = { cert: read('ca.pem'), key: read('ca-key.pem') }
      const made = await issueServer(authority, ['localhost'], { from: new Date('2020-01-01'), days: 30 })
      await writeFile(folder.file('tls/cert.pem'), made.cert)
      await writeFile(folder.file('tls/key.pem'), made.key)
    },
    { log: logInto(lines) },
  )
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', msg: 'the certificate expired on 2020-01-31' }),
  )
})
