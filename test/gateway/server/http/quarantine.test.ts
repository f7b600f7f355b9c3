import { afterAll, beforeAll, expect, test } from 'vitest'
import { HoopError } from '../../../../src/lib/errors.js'
import { startWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
  const error = new HoopError('UPSTREAM_TLS', 'sslrootcert /etc/hoop/own.pem cannot be read (ENOENT)')
  const troubles = [{ database: 'vectors', policy: 'research', error }]
  world.state.quarantined = [{ connection: 'vectordb', since: new Date('2026-01-02T03:04:05Z'), troubles }]
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

test('strangers learn how many connections are quarantined, and that the gateway is ready', async () => {
  const { status, body, text } = await world.ask(undefined, '/readyz')
  expect({ status, body }).toMatchObject({ status: 200, body: { ready: true, quarantined: 1 } })
  expect(text).not.toMatch(/vectordb|vectors|TLS/)
})

test('who may use it is told that it is not available, without the gateway’s paths', async () => {
  for (const path of ['/v1/connections', '/v1/usage']) {
    const { body, text } = await world.ask('ana', path)
    expect(body['connections']).toMatchObject([
      { unavailable: [{ database: 'vectors', code: 'CONNECTION_UNAVAILABLE', reason: expect.any(String) as string }] },
    ])
    expect(text).not.toContain('own.pem')
  }
})

test('admins and auditors are told all of it, others nothing', async () => {
  for (const person of ['olu', 'ines'] as const)
    expect(await world.ask(person, '/v1/quarantine')).toMatchObject({
      status: 200,
      body: {
        connections: [
          {
            connection: 'vectordb',
            since: '2026-01-02T03:04:05.000Z',
            troubles: [{ database: 'vectors', policy: 'research', code: 'UPSTREAM_TLS' }],
          },
        ],
      },
    })
  expect(await world.ask('ana', '/v1/quarantine')).toMatchObject({ status: 403, body: { code: 'ACCESS_DENIED' } })
})
