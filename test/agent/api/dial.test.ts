import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dial } from '../../../src/agent/api/reach/dial.js'
import { type CertificateOptions, makeCertificates } from '../../helpers/certificates.js'
import { freePort } from '../../helpers/postgres/postgres.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'
import { startConnectProxy } from './connect-proxy.js'

let folder: TempFolder
beforeAll(async () => {
  folder = await tempFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

/** A TLS server that greets. */
const greeter = async (options: CertificateOptions = {}) => {
  const { caFile, certFile, keyFile } = await makeCertificates(folder.path, { prefix: `${Math.random()}`, ...options })
  const server = createTlsServer({ cert: await readFile(certFile), key: await readFile(keyFile) }, (socket) => {
    socket.on('error', () => undefined)
    socket.end('hello')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ca: await readFile(caFile, 'utf8'),
    url: new URL(`https://localhost:${port}`),
    port,
    [Symbol.dispose]: () => void server.close(),
  }
}

const greeting = async (socket: AsyncIterable<Buffer> & { destroy(): void }): Promise<string> => {
  let text = ''
  for await (const part of socket) text += part.toString()
  return text
}

test('the profile’s CA is trusted', async () => {
  using server = await greeter()
  expect(await greeting(await dial(server))).toBe('hello')
})

test('an address without a name is checked against the certificate’s addresses', async () => {
  using server = await greeter()
  expect(await greeting(await dial({ ...server, url: new URL(`https://127.0.0.1:${server.port}`) }))).toBe('hello')
})

test('another CA than the profile’s is not', async () => {
  using server = await greeter()
  using other = await greeter()
  await expect(dial({ ...server, ca: other.ca })).rejects.toMatchObject({
    code: 'GATEWAY_UNTRUSTED',
    message: expect.stringMatching(/: no CA that is trusted here signed it$/) as string,
  })
})

test('without a CA of its own the system’s count, which don’t know it', async () => {
  using server = await greeter()
  await expect(dial({ url: server.url })).rejects.toMatchObject({ code: 'GATEWAY_UNTRUSTED' })
})

test('a certificate for another name is refused', async () => {
  using server = await greeter({ names: ['elsewhere.example.com'] })
  await expect(dial(server)).rejects.toMatchObject({ code: 'GATEWAY_UNTRUSTED' })
})

test('an expired certificate is told apart', async () => {
  const day = 86_400_000
  using server = await greeter({ notBefore: new Date(Date.now() - 2 * day), notAfter: new Date(Date.now() - day) })
  await expect(dial(server)).rejects.toMatchObject({ code: 'GATEWAY_CERTIFICATE_EXPIRED' })
})

test('nothing listens there', async () => {
  const url = new URL(`https://127.0.0.1:${await freePort()}`)
  await expect(dial({ url })).rejects.toMatchObject({
    code: 'GATEWAY_UNREACHABLE',
    about: expect.stringMatching(/nothing listens/) as string,
  })
})

test('a name that doesn’t exist', async () => {
  await expect(dial({ url: new URL('https://gateway.invalid') })).rejects.toMatchObject({ code: 'GATEWAY_UNREACHABLE' })
})

test('something without TLS listens there', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH\r\n')).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await expect(dial({ url })).rejects.toMatchObject({
    code: 'GATEWAY_UNREACHABLE',
    about: expect.stringMatching(/TLS/) as string,
  })
  server.close()
})

test('a server that says nothing is given up with the caller’s own reason', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const reason = new Error('enough')
  await expect(dial({ url }, AbortSignal.any([AbortSignal.abort(reason)]))).rejects.toBe(reason)
  const late = new AbortController()
  setTimeout(() => late.abort(reason), 50)
  await expect(dial({ url }, late.signal)).rejects.toBe(reason)
  server.close()
})

test('a proxy is asked to CONNECT, with its credentials, and TLS goes through to the end', async () => {
  using server = await greeter()
  await using proxy = await startConnectProxy()
  const url = new URL(proxy.url)
  url.username = 'me'
  url.password = 'p@ss'
  expect(await greeting(await dial({ ...server, proxy: url }))).toBe('hello')
  const login = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
  expect(proxy.asked).toEqual([{ target: `localhost:${server.port}`, login }])
})

test('a proxy that says no is named', async () => {
  using server = await greeter()
  await using proxy = await startConnectProxy()
  proxy.status = 407
  const refused = dial({ ...server, proxy: new URL(proxy.url) })
  await expect(refused).rejects.toMatchObject({
    code: 'GATEWAY_UNREACHABLE',
    about: expect.stringMatching(/407/) as string,
  })
})
