import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { expect, test } from 'vitest'
import { issueServer, makeAuthority } from '../../../src/operator/init/authority.js'
import { assertPair, hostOf, inspectCertificate } from '../../../src/gateway/host/inspect.js'

const handshake = async (server: { cert: string; key: string }, ca: string, host: string): Promise<string> => {
  const listener = createServer({ ...server, minVersion: 'TLSv1.2' }, (socket) => socket.end())
  listener.on('tlsClientError', () => undefined)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const socket = connect({ port: (listener.address() as AddressInfo).port, host: '127.0.0.1', ca, servername: host })
  try {
    await once(socket, 'secureConnect')
    return 'trusted'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.destroy()
    listener.close()
  }
}

test('a client that trusts the authority trusts the server under its own names and no other', async () => {
  const authority = await makeAuthority('hoop test')
  const server = await issueServer(authority, ['gateway.example.com', '127.0.0.1', '::1'])
  expect(await handshake(server, authority.cert, 'gateway.example.com')).toBe('trusted')
  expect(await handshake(server, authority.cert, 'other.example.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  const stranger = await makeAuthority('hoop test')
  expect(await handshake(server, stranger.cert, 'gateway.example.com')).not.toBe('trusted')
})

test('an expired certificate is refused', async () => {
  const authority = await makeAuthority('hoop test')
  const server = await issueServer(authority, ['a.test'], { from: new Date('2020-01-01'), days: 30 })
  expect(await handshake(server, authority.cert, 'a.test')).toBe('CERT_HAS_EXPIRED')
  expect(inspectCertificate(server.cert).until).toEqual(new Date('2020-01-31'))
})

test('the server’s certificate cannot sign another one', async () => {
  const authority = await makeAuthority('hoop test')
  const server = await issueServer(authority, ['a.test'])
  expect(new X509Certificate(server.cert).ca).toBe(false)
  expect(new X509Certificate(authority.cert).ca).toBe(true)
})

test('lifetimes are five years for the authority and one for the server', async () => {
  const authority = await makeAuthority('hoop test')
  const server = await issueServer(authority, ['a.test'])
  const days = ({ from, until }: { from: Date; until: Date }) => (until.getTime() - from.getTime()) / 86_400_000
  expect(days(inspectCertificate(authority.cert))).toBe(1825)
  expect(days(inspectCertificate(server.cert))).toBe(365)
})

test('names cover host names, wildcards and addresses as clients see them', async () => {
  const server = await issueServer(await makeAuthority('hoop test'), ['*.example.com', '192.0.2.1', '2001:db8::1'])
  const { covers, names } = inspectCertificate(server.cert)
  expect(names).toContain('DNS:*.example.com')
  expect(covers('a.example.com')).toBe(true)
  expect(covers('a.b.example.com')).toBe(false)
  expect(covers('192.0.2.1')).toBe(true)
  expect(covers(hostOf('https://[2001:db8::1]:8443'))).toBe(true)
  expect(covers('192.0.2.2')).toBe(false)
})

test('a key of another certificate is found out', async () => {
  const authority = await makeAuthority('hoop test')
  const [one, two] = [await issueServer(authority, ['a.test']), await issueServer(authority, ['a.test'])]
  expect(() => assertPair(one.cert, one.key)).not.toThrow()
  expect(() => assertPair(one.cert, two.key)).toThrow('does not belong')
  expect(() => assertPair(one.cert, 'nothing')).toThrow('no PEM private key')
  expect(() => assertPair('nothing', one.key)).toThrow('no PEM certificate')
})
