import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { cancelUpstream } from '../../../src/gateway/upstream/cancel.js'
import { connectUpstream } from '../../../src/gateway/upstream/connect.js'
import { openOwnClient } from '../../../src/gateway/upstream/own-client.js'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import type { SessionAttributes } from '../../../src/policy/config/sections/upstream-url.js'
import { freePort, startPostgres, type TestPostgres } from '../../helpers/postgres/postgres.js'
import { send } from '../relay/wire-client.js'

type Name = 'primary' | 'standby' | 'readonly' | 'closed' | 'mute'

const servers: TestPostgres[] = []
const ports = {} as Record<Name, number>
let password = ''
beforeAll(async () => {
  const [primary, standby, readonly] = await Promise.all([
    startPostgres(),
    startPostgres({}, undefined, true),
    startPostgres({ default_transaction_read_only: 'on' }),
  ])
  servers.push(primary, standby, readonly)
  password = primary.password
  const mute = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  mute.unref()
  Object.assign(ports, {
    ...{ primary: primary.port, standby: standby.port, readonly: readonly.port },
    ...{ closed: await freePort(), mute: (mute.address() as { port: number }).port },
  })
})
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
})

const target = (attributes: SessionAttributes | undefined, names: readonly Name[]): UpstreamTarget => {
  const [first, ...others] = names.map((name) => ({ host: '127.0.0.1', port: ports[name] }))
  return {
    ...first!,
    ...(others.length > 0 && { others }),
    ...(attributes && { attributes }),
    ...{ user: 'postgres', password: () => password, sslmode: 'disable', connectTimeout: 1_000 },
  }
}

const parameters = new Map([
  ['user', 'postgres'],
  ['database', 'postgres'],
])

/** Where a session, and a connection of the gateway's own, get to. */
const reached = async (to: UpstreamTarget): Promise<readonly unknown[]> => {
  const { at, socket } = await connectUpstream(to, parameters)
  socket.destroy()
  const client = await openOwnClient(to, 'postgres')
  const { rows } = await client.query<{ port: number }>('SELECT inet_server_port() AS port')
  await client.end()
  const named = (port: number): string | undefined => Object.entries(ports).find(([, each]) => each === port)?.[0]
  return [named(at.port), named(rows[0]!.port)]
}

test.for([
  [undefined, ['closed', 'primary'], 'primary'],
  [undefined, ['mute', 'primary'], 'primary'],
  [undefined, ['standby', 'primary'], 'standby'],
  ['read-write', ['standby', 'readonly', 'closed', 'primary'], 'primary'],
  ['read-only', ['primary', 'readonly'], 'readonly'],
  ['read-only', ['primary', 'standby'], 'standby'],
  ['primary', ['standby', 'readonly'], 'readonly'],
  ['standby', ['primary', 'readonly', 'standby'], 'standby'],
  ['prefer-standby', ['primary', 'standby'], 'standby'],
  ['prefer-standby', ['closed', 'primary', 'readonly'], 'primary'],
  ['prefer-standby', ['primary'], 'primary'],
] as const)('%s of %s is %s', async ([attributes, names, expected]) => {
  expect(await reached(target(attributes, names))).toEqual([expected, expected])
})

test.for([
  ['read-write', ['standby', 'readonly', 'closed'], 'no server is read-write'],
  ['standby', ['primary'], 'no server is standby'],
  [undefined, ['closed', 'mute'], 'no answer in time'],
] as const)('%s of %s is none: %s', async ([attributes, names, why]) => {
  for (const attempt of [
    () => connectUpstream(target(attributes, names), parameters),
    () => openOwnClient(target(attributes, names), 'postgres'),
  ])
    await expect(attempt()).rejects.toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringContaining(why) as string,
    })
})

test('a server that refuses the password is no reason to ask the next one', async () => {
  const to = { ...target(undefined, ['primary', 'standby']), password: () => 'wrong' }
  await expect(connectUpstream(to, parameters)).rejects.toMatchObject({ code: 'UPSTREAM_LOGIN' })
})

test('a cancel goes to the server of the session', async () => {
  const to = target('read-write', ['standby', 'primary'])
  const { at, key, socket } = await connectUpstream(to, parameters)
  onTestFinished(() => void socket.destroy())
  expect((await connectUpstream(to, parameters)).at).toBe(at)
  socket.write(send.query('SELECT pg_sleep(600), 3'))
  const answer: Buffer[] = []
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      answer.push(chunk)
      if (Buffer.concat(answer).includes('57014')) resolve()
    })
  })
  socket.resume()
  const again = setInterval(() => void cancelUpstream(at, key!), 100)
  onTestFinished(() => clearInterval(again))
  await done
  clearInterval(again)
})

/** `tr` of /proc/net/tcp: 02 is the timer for keepalive, and behind it when it is due, in hundredths of a second. */
test.skipIf(process.platform !== 'linux')(
  'the kernel asks after 30 s whether a silent server is still there',
  async () => {
    const { socket } = await connectUpstream(target(undefined, ['primary']), parameters)
    onTestFinished(() => void socket.destroy())
    const own = `:${socket.localPort!.toString(16).toUpperCase().padStart(4, '0')}`
    // What was on that port before may still be listed, in TIME_WAIT; and what was just sent has a timer of its own first.
    const timerOf = (): string[] => {
      const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n')
      const fields = lines.map((line) => line.trim().split(/\s+/))
      return fields.find((each) => each[1]?.endsWith(own) && each[3] === '01')![5]!.split(':')
    }
    await expect.poll(() => timerOf()[0], { timeout: 10_000 }).toBe('02')
    const [, due] = timerOf()
    const hertz = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
    expect(parseInt(due!, 16) / hertz).toBeGreaterThan(10)
    expect(parseInt(due!, 16) / hertz).toBeLessThanOrEqual(30)
  },
)
