import { once } from 'node:events'
import { readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { issueServer } from '../../../../src/operator/init/authority.js'
import type { ConnectionInfo } from '../../../../src/lib/api.js'
import { type Started, started } from './started.js'

const description = async (it: Started): Promise<string | undefined> => {
  await using mika = await it.person('mika')
  const { connections } = await mika.client.get<{ connections: ConnectionInfo[] }>('/v1/connections')
  return connections[0]?.description
}
const describe = (it: Started, text: string) =>
  it.folder.edit(/ {4}(description: .*\n {4})?access:/, `    description: ${text}\n    access:`)

/** Serial number of the certificate that a new connection sees. */
const serial = async (it: Started): Promise<string> => {
  const { port } = new URL(it.gateway.url)
  const socket = connect({
    port: Number(port),
    host: '127.0.0.1',
    ca: await readFile(it.caFile),
    servername: 'localhost',
  })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

const reissue = async ({ folder }: Started) => {
  const read = (name: string) => readFile(folder.file('tls', name), 'utf8')
  return issueServer({ cert: await read('ca.pem'), key: await read('ca-key.pem') }, ['localhost'])
}

test('a changed file is taken up by itself, a bad one leaves what was in force and names its lines', async () => {
  await using it = await started()
  await describe(it, 'first')
  await expect.poll(() => description(it), { timeout: 10_000 }).toBe('first')
  await it.folder.edit('description: first', 'colour: red')
  await expect
    .poll(() => it.log.filter(({ level }) => level === 'error').map(({ msg }) => msg), { timeout: 10_000 })
    .toContainEqual(expect.stringMatching(/hoop\.yaml:\d+:\d+: .*colour/))
  expect(it.log.at(-1)?.msg).toBe('the configuration that was in force stays in force')
  expect(await description(it)).toBe('first')
  await it.folder.edit('colour: red', 'description: second')
  await expect.poll(() => description(it), { timeout: 10_000 }).toBe('second')
})

test('a file that is replaced through a symbolic link is taken up', async () => {
  await using it = await started(async (folder) => {
    await rename(folder.config, folder.file('one.yaml'))
    await symlink('one.yaml', folder.config)
  })
  const text = (await readFile(it.folder.config, 'utf8')).replace('    access:', '    description: linked\n    access:')
  await writeFile(it.folder.file('two.yaml'), text)
  await symlink('two.yaml', it.folder.file('next'))
  await rename(it.folder.file('next'), it.folder.config)
  await expect.poll(() => description(it), { timeout: 10_000 }).toBe('linked')
})

test('a live session goes on under the configuration that it began with', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const session = await mika.connect()
  await it.folder.edit(/127\.0\.0\.1:\d+\/postgres/, '127.0.0.1:1/postgres')
  await it.gateway.reload()
  await expect(mika.connect()).rejects.toMatchObject({ code: '08001' })
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
})

test('a change that takes a restart is said', async () => {
  await using it = await started()
  await it.folder.edit('drain: 30s', 'drain: 31s')
  await it.gateway.reload()
  expect(it.log.map(({ msg }) => msg)).toContain('the gateway: section has changed; that takes a restart')
  expect(it.gateway.drain).toBe(30_000)
})

test('a rotated password is used at the next login without a reload', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const path = it.folder.file('secrets', 'vectordb.password')
  const right = await readFile(path, 'utf8')
  await writeFile(path, 'wrong')
  await expect(mika.connect()).rejects.toMatchObject({ routine: 'hoop/CONNECTION_UNAVAILABLE' })
  await writeFile(path, right)
  await mika.connect()
})

test('a new certificate is served without a restart, and only with its own key', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const session = await mika.connect()
  const before = await serial(it)
  const made = await reissue(it)
  await writeFile(it.folder.file('tls/cert.pem'), made.cert)
  await expect
    .poll(() => it.log.map(({ msg }) => msg), { timeout: 10_000 })
    .toContain('the certificate that was in force stays in force')
  expect(await serial(it)).toBe(before)
  await writeFile(it.folder.file('tls/key.pem'), made.key)
  await expect.poll(() => serial(it), { timeout: 10_000 }).not.toBe(before)
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
})
