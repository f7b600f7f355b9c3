import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, connect as connectTcp, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { connectUpstream } from '../../../src/gateway/upstream/connect.js'
import { openOwnClient } from '../../../src/gateway/upstream/own-client.js'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import { sslRequest } from '../../../src/wire/startup.js'
import { makeCertificates } from '../../helpers/certificates.js'
import { freshDatabase } from '../../helpers/database.js'
import { tempFolder } from '../../helpers/temp.js'

const server = new URL(inject('databaseUrl'))
const targetOf = (over: Partial<UpstreamTarget> = {}): UpstreamTarget => ({
  ...{ host: server.hostname, port: Number(server.port), user: decodeURIComponent(server.username) },
  ...{ password: () => decodeURIComponent(server.password), sslmode: 'require', connectTimeout: 5000 },
  ...over,
})
const logIn = async (target: UpstreamTarget, database = 'postgres') => {
  const { socket } = await connectUpstream(target, new Map(Object.entries({ user: target.user, database })))
  socket.destroy()
}

/** Logs in as a session does, and as the gateway does for itself. */
const bothLogIn = async (password: string): Promise<string[]> => {
  await using database = await freshDatabase()
  const admin = await database.client()
  const role = `${database.name}_role`
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD ${admin.escapeLiteral(password)}`)
  try {
    const target = targetOf({ user: role, password: () => password })
    const session = logIn(target, database.name)
    const own = openOwnClient(target, database.name).then((client: Client) => client.end())
    const outcomes = await Promise.allSettled([session, own])
    return outcomes.map(({ status }) => (status === 'fulfilled' ? 'in' : 'refused'))
  } finally {
    await admin.query(`DROP ROLE ${role}`)
  }
}

test.for<[string, string]>([
  ['a soft hyphen', 'a\u00ADb'],
  ['a zero-width joiner', 'a\u200Db'],
  ['a zero-width space', 'a\u200Bb'],
  ['a no-break space', 'a\u00A0b'],
  ['a variation selector', '❤\uFE0F'],
  ['a ligature and a decomposed letter', 'ﬁe\u0301'],
  ['an emoji', '😀é'],
])('a password with %s logs in', async ([, password]) => {
  expect(await bothLogIn(password)).toEqual(['in', 'in'])
})

test('a password whose preparation PostgreSQL gives up is refused to sessions and to the gateway alike', async () => {
  // Emoji are not in Unicode 3.2, so the server takes this one as it is, joiners and all; pg prepares it.
  expect(await bothLogIn('👨\u200D👩\u200D👧')).toEqual(['refused', 'refused'])
})

/** Ends TLS by a certificate of its own and begins it anew towards the real server: a man in the middle. */
const between = async (keys: 'ECDSA' | 'Ed25519', change = (chunk: Buffer): Buffer => chunk) => {
  const folder = await tempFolder()
  const { certFile, keyFile } = await makeCertificates(folder.path, { keys })
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)])
  const sockets: Socket[] = []
  const join = async (client: Socket): Promise<void> => {
    const upstream = connectTcp(Number(server.port), server.hostname)
    sockets.push(
      client.on('error', () => undefined),
      upstream.on('error', () => undefined),
    )
    upstream.write(sslRequest())
    await Promise.all([once(upstream, 'data'), once(client, 'data')])
    client.write('S')
    const near = new TLSSocket(client, { isServer: true, cert, key }).on('error', () => undefined)
    const far = connectTls({ socket: upstream, rejectUnauthorized: false, ALPNProtocols: ['postgresql'] })
    near.pipe(far.on('error', () => undefined))
    far.on('data', (chunk: Buffer) => near.write(change(chunk))).on('end', () => near.end())
  }
  const middle = createServer((client) => void join(client)).listen(0, '127.0.0.1')
  await once(middle, 'listening')
  return {
    port: (middle.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      middle.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** The offer of mechanisms without the one that binds. */
const withoutPlus = (chunk: Buffer): Buffer => {
  const mechanism = Buffer.from('SCRAM-SHA-256-PLUS\0')
  const at = chunk.indexOf(mechanism)
  if (at < 0) return chunk
  const out = Buffer.concat([chunk.subarray(0, at), chunk.subarray(at + mechanism.length)])
  out.writeInt32BE(chunk.readInt32BE(1) - mechanism.length, 1)
  return out
}

test.for([
  ['who passes on what is said', (chunk: Buffer) => chunk],
  ['who hides that the login can be bound to the certificate', withoutPlus],
] as const)('a man in the middle %s is found out, also where certificates are not verified', async ([, change]) => {
  await using middle = await between('ECDSA', change)
  const target = targetOf({ port: middle.port })
  await expect(logIn(target)).rejects.toMatchObject({ code: 'UPSTREAM_LOGIN', detail: undefined })
  await expect(openOwnClient(target, 'postgres')).rejects.toMatchObject({ code: 'UPSTREAM_LOGIN' })
})

test('under a certificate that no login can be bound to, people log in without', async () => {
  await using middle = await between('Ed25519')
  const target = targetOf({ port: middle.port })
  await logIn(target)
  await (await openOwnClient(target, 'postgres')).end()
})

const request = (kind: number, data: string): Buffer => {
  const body = Buffer.from(data)
  const out = Buffer.alloc(9)
  out.write('R')
  out.writeInt32BE(8 + body.length, 1)
  out.writeInt32BE(kind, 5)
  return Buffer.concat([out, body])
}

/** A server that says of SCRAM what it is told to; it learns the client's nonce. */
const fakeServer = async (...answers: ((nonce: string) => Buffer)[]) => {
  const heard: Buffer[] = []
  const fake = createServer((socket) => {
    const offer = request(10, 'SCRAM-SHA-256\0\0')
    let said = 0
    socket
      .on('error', () => undefined)
      .once('data', () => {
        socket.write(offer)
        socket.on('data', (chunk: Buffer) => {
          heard.push(chunk)
          const nonce = /r=([^,]*)/.exec(chunk.toString())?.[1] ?? ''
          const answer = answers[said++]?.(nonce)
          if (answer) socket.write(answer)
        })
      })
  }).listen(0, '127.0.0.1')
  await once(fake, 'listening')
  return {
    heard,
    port: (fake.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void fake.close(),
  }
}

const challenge = (nonce: string, rest = 's=c2FsdA==,i=4096') => request(11, `r=${nonce},${rest}`)
const good = (nonce: string) => challenge(`${nonce}more`)

test.for<[string, ((nonce: string) => Buffer)[]]>([
  ['more rounds than anybody needs', [(nonce) => challenge(`${nonce}x`, 's=c2FsdA==,i=1000001')]],
  ['no rounds', [(nonce) => challenge(`${nonce}x`, 's=c2FsdA==,i=0')]],
  ['no salt', [(nonce) => challenge(`${nonce}x`, 's=,i=4096')]],
  ['a nonce of its own alone', [() => challenge('another')]],
  ['the client’s nonce alone', [challenge]],
  ['a proof before the exchange', [() => request(12, 'v=AAAA')]],
  ['a wrong proof', [good, () => request(12, 'v=AAAA')]],
  ['an error of its own words', [good, () => request(12, 'e=the words')]],
  ['success without a proof', [good, () => request(0, '')]],
  ['success at once', [() => request(0, '')]],
])('a server that answers with %s is no server, and hears the password from nobody', async ([, answers]) => {
  await using fake = await fakeServer(...answers)
  const password = 'it stays here'
  const target = targetOf({ port: fake.port, sslmode: 'disable', password: () => password })
  const refused = await logIn(target).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'UPSTREAM_LOGIN' })
  expect(String(refused)).not.toMatch(/the words|it stays here/)
  expect(Buffer.concat(fake.heard).toString()).not.toContain(password)
})
