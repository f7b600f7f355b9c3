import { expect, test } from 'vitest'
import { startWorld, type AskOptions, type World } from './world.js'

const forwarded = (address: string): AskOptions => ({ headers: { 'x-forwarded-for': address } })
const grant = (address?: string): AskOptions => ({
  method: 'POST',
  body: { connection: 'vectordb' },
  ...(address !== undefined && forwarded(address)),
})

const statuses = async (world: World, count: number, ...ask: Parameters<World['ask']>) => {
  const seen: number[] = []
  for (let asked = 0; asked < count; asked++) seen.push((await world.ask(...ask)).status)
  return seen
}

test('grants are limited by person, with when to try again and which limit it was', async () => {
  await using world = await startWorld({ rates: { grants: { per_person: '3/h' } } })
  expect(await statuses(world, 3, 'ana', '/v1/grants', grant())).toEqual([201, 201, 201])
  const refused = await world.ask('ana', '/v1/grants', grant())
  expect(refused).toMatchObject({
    status: 429,
    headers: { 'retry-after': expect.stringMatching(/^1[12]\d\d$/) as string },
    body: {
      code: 'RATE_LIMITED',
      message: 'too many requests: requests for grants of one person',
      detail: 'The limit is 3 in an hour (gateway.limits.rates.grants.per_person).',
      hint: expect.stringMatching(/^Try again in 1[12]\d\d s\.$/) as string,
    },
  })
  expect((await world.ask('ben', '/v1/grants', grant())).status).toBe(201)
  expect((await world.ask('ana', '/v1/me')).status).toBe(200)
  expect(world.logged.join('')).toContain('"code":"RATE_LIMITED"')
})

test('grants are limited by address, before anything is checked', async () => {
  await using world = await startWorld({ rates: { grants: { per_address: '2/h' } }, trustedProxies: ['127.0.0.1'] })
  const here = grant('198.51.100.1')
  expect(await statuses(world, 2, undefined, '/v1/grants', here)).toEqual([401, 401])
  expect((await world.ask('ana', '/v1/grants', here)).status).toBe(429)
  expect((await world.ask('ana', '/v1/grants', grant('198.51.100.2'))).status).toBe(201)
})

test('of IPv6 a whole /64 counts as one address', async () => {
  await using world = await startWorld({ rates: { login: { per_address: '2/h' } }, trustedProxies: ['127.0.0.1'] })
  const from = async (address: string) => (await world.ask(undefined, '/v1/gateway', forwarded(address))).status
  expect([await from('2001:db8:1:2::1'), await from('2001:db8:1:2:ffff::9')]).toEqual([200, 200])
  expect([await from('2001:db8:1:2::3'), await from('2001:db8:1:3::1')]).toEqual([429, 200])
})

test('logins that fail are limited by address, those that succeed are not', async () => {
  await using world = await startWorld({ rates: { login: { per_address: '3/h' } } })
  expect(await statuses(world, 5, 'ana', '/v1/me')).toEqual([200, 200, 200, 200, 200])
  expect(await statuses(world, 4, undefined, '/v1/me', { token: 'x.y.z' })).toEqual([401, 401, 401, 429])
  expect((await world.ask('ana', '/v1/me')).status).toBe(429)
  expect((await world.ask(undefined, '/v1/gateway')).status).toBe(429)
  // What supervisors and load balancers ask is none of it.
  expect((await world.ask(undefined, '/healthz')).status).toBe(200)
})

test('what somebody may ask in all is limited by person', async () => {
  await using world = await startWorld({ rates: { login: { per_person: '2/h' } } })
  expect(await statuses(world, 3, 'ana', '/v1/connections')).toEqual([200, 200, 429])
  expect((await world.ask('ben', '/v1/connections')).status).toBe(200)
})

test('a header that anybody can write does not make a new address', async () => {
  await using world = await startWorld({ rates: { login: { per_address: '1/h' } } })
  const from = async (address: string) => (await world.ask(undefined, '/v1/gateway', forwarded(address))).status
  expect([await from('198.51.100.1'), await from('198.51.100.2')]).toEqual([200, 429])
})

test('a limit can be switched off', async () => {
  await using world = await startWorld({ rates: { login: { per_address: 'off', per_person: 'off' } } })
  expect(new Set(await statuses(world, 30, undefined, '/v1/gateway'))).toEqual(new Set([200]))
})
