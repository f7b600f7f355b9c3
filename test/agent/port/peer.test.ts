import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ownerIn, peerUser } from '../../../src/agent/port/peer.js'

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const row = (local: string, remote: string, uid: number, inode = 4711): string =>
  `   1: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${uid}        0 ${inode} 1 0000000000000000 20 4 30 10 -1`

const client = { address: '127.0.0.1', port: 0xc001 }
const ours = { address: '127.0.0.1', port: 0x1f90 }

test('the row of the client’s own end names its user', () => {
  const table = [
    header,
    row('0100007F:1F90', '0100007F:C001', 0), // our own end
    row('0100007F:C001', '0100007F:1F90', 1000),
    '',
  ].join('\n')
  expect(ownerIn(table, client, ours)).toBe(1000)
})

test('an IPv4 connection through an IPv6 socket is found too', () => {
  const table = row('0000000000000000FFFF00000100007F:C001', '0000000000000000FFFF00000100007F:1F90', 1001)
  expect(ownerIn(table, client, ours)).toBe(1001)
  const as = (address: string) => ownerIn(table, { ...client, address }, { ...ours, address })
  expect(as('::ffff:127.0.0.1')).toBe(1001)
  expect(as('::1')).toBeUndefined()
})

test('the same ports at another address of this machine are another connection', () => {
  const other = row('0200007F:C001', '0100007F:1F90', 65534)
  const table = [header, row('0100007F:C001', '0100007F:1F90', 1000), other, ''].join('\n')
  expect(ownerIn(table, { ...client, address: '127.0.0.2' }, ours)).toBe(65534)
  expect(ownerIn(table, client, ours)).toBe(1000)
  expect(ownerIn(other, client, ours)).toBeUndefined()
  expect(ownerIn(table, { ...client, address: '127.0.0.3' }, ours)).toBeUndefined()
  expect(ownerIn(table, client, { ...ours, address: '127.0.0.2' })).toBeUndefined()
})

test.for([
  ['the same ports on another address', row('0200A8C0:C001', '0100A8C0:1F90', 1000)],
  ['another port of ours', row('0100007F:C001', '0100007F:1F91', 1000)],
  ['a socket whose process is gone', row('0100007F:C001', '0100007F:1F90', 0, 0)],
  ['an empty table', header],
] as const)('%s names nobody', ([, table]) => {
  expect(ownerIn(table, client, ours)).toBeUndefined()
})

const linux = process.platform === 'linux'
const root = linux && process.getuid?.() === 0

test.skipIf(!linux)('a real client of ours has our user id', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  expect(await peerUser(accepted)).toBe(process.getuid!())
  client.destroy()
  server.close()
})

test.skipIf(!root)('a real client of another user has theirs (needs root)', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const hold = `require('net').connect(${port}, '127.0.0.1').on('close', () => process.exit())`
  const running = promisify(execFile)('/proc/self/exe', ['-e', hold], { uid: 65534, gid: 65534, cwd: '/' }).catch(
    (error: unknown) => error,
  )
  const [accepted] = (await once(server, 'connection')) as [Socket]
  expect(await peerUser(accepted)).toBe(65534)
  accepted.destroy()
  server.close()
  await running
})

test.skipIf(!root)('another user who comes from the owner’s port of 127.0.0.2 is told apart (needs root)', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const owner = connect(port, '127.0.0.1')
  const [first] = (await once(server, 'connection')) as [Socket]
  const local = `localAddress: '127.0.0.2', localPort: ${first.remotePort}`
  const hold = `require('net').connect({ port: ${port}, host: '127.0.0.1', ${local} }).on('close', () => process.exit())`
  const running = promisify(execFile)('/proc/self/exe', ['-e', hold], { uid: 65534, gid: 65534, cwd: '/' }).catch(
    (error: unknown) => error,
  )
  const [second] = (await once(server, 'connection')) as [Socket]
  expect(second.remotePort).toBe(first.remotePort)
  expect(await peerUser(second)).toBe(65534)
  expect(await peerUser(first)).toBe(0)
  owner.destroy()
  second.destroy()
  server.close()
  await running
})
