import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GrantAnswer } from '../../../../src/lib/api.js'
import type { ServiceTokenMade } from '../../../../src/lib/api/service-tokens.js'
import { newProver } from '../../../identity/proofs.js'
import { type Answer, type Ask, type Stage, stage } from './stage.js'

let at: Stage
beforeAll(async () => {
  at = await stage()
})
afterAll(() => at[Symbol.asyncDispose]())

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A token with the right checksum, whatever is in it. */
const signed = (body: string): string => {
  let sum = ''
  for (let rest = crc32(body); sum.length < 6; rest = Math.floor(rest / 62)) sum = alphabet[rest % 62]! + sum
  return body + sum
}

const flip = (text: string, position: number): string =>
  text.slice(0, position) + (text[position] === 'a' ? 'b' : 'a') + text.slice(position + 1)

const grant = { method: 'POST', body: { connection: 'vectordb' } } as const
const ask = (secret: string, over: Ask = {}): Promise<Answer> => at.ask(secret, '/v1/grants', { ...grant, ...over })
const post = (account: string, path: string, body: object, claims = {}): Promise<Answer> =>
  at.as(account, path, { method: 'POST', body }, claims)
const revoke = (made: ServiceTokenMade): Promise<Answer> =>
  post('mika', `/v1/tokens/${made.token.id}/revoke`, { reason: 'it leaked' })
const rotate = async (made: ServiceTokenMade, overlap: number): Promise<ServiceTokenMade> =>
  (await post('mika', `/v1/tokens/${made.token.id}/rotate`, { overlap })).body as unknown as ServiceTokenMade

interface Theft {
  readonly what: string
  readonly told: string
  readonly steal: () => Promise<Answer>
}

const own = (over?: Parameters<Stage['token']>[1]): Promise<ServiceTokenMade> => at.token('mika', over)

const thefts: readonly Theft[] = [
  // what isn't one
  { what: 'mistyped', told: '401 TOKEN_INVALID', steal: async () => ask(flip((await own()).secret, 30)) },
  { what: 'mistyped in its id', told: '401 TOKEN_INVALID', steal: async () => ask(flip((await own()).secret, 12)) },
  { what: 'cut', told: '401 TOKEN_INVALID', steal: async () => ask((await own()).secret.slice(0, -1)) },
  { what: 'with something behind it', told: '401 TOKEN_INVALID', steal: async () => ask(`${(await own()).secret}A`) },
  {
    what: 'in another alphabet',
    told: '401 TOKEN_INVALID',
    steal: async () => ask(signed(`hoop_st_${'-_'.repeat(27)}`)),
  },
  { what: 'in small letters', told: '401 TOKEN_INVALID', steal: async () => ask((await own()).secret.toLowerCase()) },
  { what: 'made up', told: '401 TOKEN_UNKNOWN', steal: () => ask(signed(`hoop_st_${'a'.repeat(54)}`)) },
  {
    what: 'of an id that is there, with another secret',
    told: '401 TOKEN_UNKNOWN',
    steal: async () => ask(signed((await own()).secret.slice(0, 19) + 'a'.repeat(43))),
  },
  {
    what: 'a hash from the store in its place',
    told: '401 TOKEN_INVALID',
    steal: async () => ask(hashOf((await own()).token.id)),
  },
  {
    what: 'a hash from the store made into one',
    told: '401 TOKEN_UNKNOWN',
    steal: async () => {
      const { secret, token } = await own()
      return ask(signed(secret.slice(0, 19) + hashOf(token.id).slice(0, 43)))
    },
  },
  {
    what: 'an ID token of somebody who calls themselves like it',
    told: '401 TOKEN_INVALID',
    steal: async () => {
      const { token } = await own()
      return at.as('mika', '/v1/grants', grant, { sub: `token:${token.id}` })
    },
  },
  // without the key
  { what: 'without a proof', told: '401 PROOF_INVALID', steal: async () => ask((await own()).secret, { dpop: '' }) },
  {
    what: 'as a bearer token',
    told: '401 TOKEN_INVALID',
    steal: async () => {
      const { secret } = await own()
      return ask(secret, { authorization: `Bearer ${secret}`, dpop: '' })
    },
  },
  {
    what: 'with a proof that was used',
    told: '401 PROOF_REPLAYED',
    steal: async () => {
      const { secret } = await own()
      const dpop = await at.prover.prove({ method: 'POST', url: `${at.it.gateway.url}/v1/grants`, token: secret })
      expect((await ask(secret, { dpop })).status).toBe(201)
      return ask(secret, { dpop })
    },
  },
  {
    what: 'with a proof for another address',
    told: '401 PROOF_INVALID',
    steal: async () => ask((await own()).secret, { proof: { claims: { htu: `${at.it.gateway.url}/v1/me` } } }),
  },
  {
    what: 'with a proof for another gateway',
    told: '401 PROOF_INVALID',
    steal: async () => ask((await own()).secret, { proof: { claims: { htu: 'https://other.example/v1/grants' } } }),
  },
  {
    what: 'with a proof for another method',
    told: '401 PROOF_INVALID',
    steal: async () => ask((await own()).secret, { proof: { claims: { htm: 'GET' } } }),
  },
  {
    what: 'with a proof for another token',
    told: '401 PROOF_INVALID',
    steal: async () => {
      const [first, second] = [await own(), await own()]
      const dpop = await at.prover.prove({
        method: 'POST',
        url: `${at.it.gateway.url}/v1/grants`,
        token: first.secret,
      })
      return ask(second.secret, { dpop })
    },
  },
  ...[-600, 600].map((off) => ({
    what: `by a clock that is ${off} s off`,
    told: '401 CLOCK_SKEW',
    steal: async () => ask((await own()).secret, { proof: { claims: { iat: Math.floor(Date.now() / 1000) + off } } }),
  })),
  {
    what: 'bound, with another key',
    told: '401 TOKEN_KEY',
    steal: async () => ask((await own({ boundTo: at.prover.jkt })).secret, { prover: await newProver() }),
  },
  {
    what: 'bound, with its key',
    told: '201 ok',
    steal: async () => ask((await own({ boundTo: at.prover.jkt })).secret),
  },
  {
    what: 'neither bound nor held to an address, with a key of the thief’s',
    told: '201 ok',
    steal: async () => ask((await own()).secret, { prover: await newProver(), from: '203.0.113.9' }),
  },
  {
    what: 'used by two at once, each with a key of their own',
    told: '201 ok',
    steal: async () => {
      const { secret } = await own()
      const [first, second] = await Promise.all([ask(secret), ask(secret, { prover: await newProver() })])
      expect(first.told).toBe('201 ok')
      return second
    },
  },
  // from elsewhere
  {
    what: 'from another address',
    told: '403 TOKEN_ADDRESS',
    steal: async () => ask((await own({ networks: ['192.0.2.0/28'] })).secret, { from: '192.0.2.16' }),
  },
  {
    what: 'from another address that claims to be the right one',
    told: '403 TOKEN_ADDRESS',
    steal: async () => ask((await own({ networks: ['192.0.2.0/28'] })).secret, { from: '192.0.2.1, 198.51.100.1' }),
  },
  {
    what: 'from another address, of the other family',
    told: '403 TOKEN_ADDRESS',
    steal: async () => ask((await own({ networks: ['192.0.2.0/28'] })).secret, { from: '2001:db8::1' }),
  },
  {
    what: 'from the right address behind a proxy',
    told: '201 ok',
    steal: async () => ask((await own({ networks: ['10.0.0.0/8', '2001:db8::/32'] })).secret, { from: '2001:db8::7' }),
  },
  // after its time
  {
    what: 'revoked',
    told: '401 TOKEN_REVOKED',
    steal: async () => {
      const made = await own()
      await revoke(made)
      return ask(made.secret)
    },
  },
  {
    what: 'expired',
    told: '401 TOKEN_EXPIRED',
    steal: async () => {
      const { secret } = await own({ ttl: 1000 })
      await sleep(1050)
      return ask(secret)
    },
  },
  {
    what: 'the old secret within the overlap',
    told: '201 ok',
    steal: async () => {
      const made = await own()
      await rotate(made, 60_000)
      return ask(made.secret)
    },
  },
  {
    what: 'the new secret within the overlap',
    told: '201 ok',
    steal: async () => ask((await rotate(await own(), 60_000)).secret),
  },
  {
    what: 'rotated past the overlap',
    told: '401 TOKEN_REVOKED',
    steal: async () => {
      const made = await own()
      await rotate(made, 300)
      await sleep(350)
      return ask(made.secret)
    },
  },
  {
    what: 'rotated without an overlap',
    told: '401 TOKEN_REVOKED',
    steal: async () => {
      const made = await own()
      await rotate(made, 0)
      return ask(made.secret)
    },
  },
  {
    what: 'rotated twice within the overlap',
    told: '401 TOKEN_UNKNOWN',
    steal: async () => {
      const made = await own()
      await rotate(made, 60_000)
      await rotate(made, 60_000)
      return ask(made.secret)
    },
  },
  // for more than it is for
  {
    what: 'for another connection of its owner’s',
    told: '403 TOKEN_SCOPE',
    steal: async () => ask((await own()).secret, { body: { connection: 'archive' } }),
  },
  {
    what: 'for a connection that isn’t there',
    told: '403 TOKEN_SCOPE',
    steal: async () => ask((await own()).secret, { body: { connection: 'nothing' } }),
  },
  {
    what: 'to break the glass',
    told: '403 ACCESS_DENIED',
    steal: async () =>
      ask((await own()).secret, { body: { connection: 'vectordb', reason: 'fire', breakGlass: true } }),
  },
  {
    what: 'to make another token',
    told: '403 TOKEN_SCOPE',
    steal: async () =>
      at.ask((await own()).secret, '/v1/tokens', {
        method: 'POST',
        body: { name: 'more', connections: [{ connection: 'vectordb' }], ttl: 60_000 },
      }),
  },
  {
    what: 'of an admin, on a route of admins',
    told: '403 TOKEN_SCOPE',
    steal: async () => {
      const claims = { groups: ['platform', 'ml-eng'] }
      const body = { name: 'boss', connections: [{ connection: 'vectordb' }], ttl: 60_000 }
      const { secret } = (await post('olu', '/v1/tokens', body, claims)).body as unknown as ServiceTokenMade
      return at.ask(secret, '/v1/people')
    },
  },
  {
    what: 'a grant of it, in its place',
    told: '401 TOKEN_INVALID',
    steal: async () => ask(((await ask((await own()).secret)).body as unknown as GrantAnswer).grant),
  },
  // when its owner is no longer who they were
  {
    what: 'of an owner who lost the group',
    told: '403 TOKEN_SCOPE',
    steal: async () => {
      const { secret } = await ofLeaver('lev')
      await at.as('lev', '/v1/me', {}, { groups: ['others'] })
      return ask(secret)
    },
  },
  {
    what: 'of an owner who lost the group, whose older ID token is still in use',
    told: '403 TOKEN_SCOPE',
    steal: async () => {
      const now = Math.floor(Date.now() / 1000)
      const { secret } = await ofLeaver('lew')
      await at.as('lew', '/v1/me', {}, { groups: ['others'], iat: now + 2 })
      await at.as('lew', '/v1/me', {}, { groups: ['ml-eng'], iat: now - 5 })
      return ask(secret)
    },
  },
  {
    what: 'of an owner who got the group back',
    told: '201 ok',
    steal: async () => {
      const { secret } = await ofLeaver('lex')
      await at.as('lex', '/v1/me', {}, { groups: [] })
      await at.as('lex', '/v1/me', {}, { groups: ['ml-eng'] })
      return ask(secret)
    },
  },
  {
    what: 'of an owner who is shut out',
    told: '401 TOKEN_REVOKED',
    steal: async () => {
      const { secret } = await ofLeaver('mel')
      expect((await post('olu', '/v1/people/revoke', { person: 'mel', reason: 'left' })).body).toMatchObject({
        ended: { tokens: 1 },
      })
      return ask(secret)
    },
  },
  {
    what: 'of an owner who was let in again',
    told: '401 TOKEN_REVOKED',
    steal: async () => {
      const { secret } = await ofLeaver('nel')
      await post('olu', '/v1/people/revoke', { person: 'nel', reason: 'left' })
      expect((await post('olu', '/v1/people/restore', { person: 'nel' })).status).toBe(200)
      return ask(secret)
    },
  },
]

/** A service token of somebody whose groups are their own to change. */
const ofLeaver = async (account: string): Promise<ServiceTokenMade> => {
  const body = { name: 'job', connections: [{ connection: 'vectordb' }], ttl: 60_000 }
  const { body: made } = await post(account, '/v1/tokens', body, { groups: ['ml-eng'] })
  return made as unknown as ServiceTokenMade
}

/** As somebody finds it who reads the store. */
const hashOf = (id: string): string => {
  using db = new DatabaseSync(at.it.folder.file('hoop.db'), { readOnly: true })
  return String(db.prepare('select hash from service_tokens where id = ?').get(id)?.['hash'])
}

test.for(thefts)('a service token $what: $told', async ({ told, steal }) => {
  const answer = await steal()
  expect(answer.told).toBe(told)
  if (answer.status < 300) return
  // One sentence, and what to do.
  expect(answer.body['message']).toMatch(/^[a-z].*[^.]$/)
  expect(answer.body['hint']).toMatch(/^[A-Zh].*\S$/)
})

test('whoever holds no token learns from the answer nothing about which there are', async () => {
  const { secret } = await own()
  const [made, other] = await Promise.all([
    ask(signed(`hoop_st_${'b'.repeat(54)}`)),
    ask(signed(secret.slice(0, 19) + 'b'.repeat(43))),
  ])
  expect(made.body).toEqual(other.body)
  const [elsewhere, nowhere] = await Promise.all([
    ask(secret, { body: { connection: 'archive' } }),
    ask(secret, { body: { connection: 'archivf' } }),
  ])
  expect(JSON.stringify(elsewhere.body).replace('archive', 'archivf')).toBe(JSON.stringify(nowhere.body))
})

test('a token may ask for nothing but what opening connections takes: every other route refuses it', async () => {
  const { secret } = await own()
  const { body } = await at.ask(secret, '/v1/openapi.json')
  const paths = body['paths'] as Record<string, Record<string, { security?: unknown[] }>>
  const allowed: string[] = []
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { security }] of Object.entries(methods)) {
      if (security?.length === 0) continue
      const answer = await at.ask(secret, path.replaceAll(/\{\w+\}/g, 'x'), {
        method: method.toUpperCase() as 'GET',
        ...(method === 'post' && { body: {} }),
      })
      if (answer.told !== '403 TOKEN_SCOPE') allowed.push(`${method} ${path}`)
    }
  expect(allowed.toSorted()).toEqual(['get /v1/connections', 'get /v1/me', 'get /v1/usage', 'post /v1/grants'])
})

test('a connection or policy that is taken away takes its tokens’ use along, until it is back', async () => {
  const { secret } = await own()
  const { secret: other } = await own({ connections: [{ connection: 'archive' }] })
  const archive = { body: { connection: 'archive' } }
  await at.configure((document) => {
    document.setIn(['connections', 'vectordb', 'access', 0, 'policy'], 'narrow')
    document.setIn(['connections', 'cellar'], document.getIn(['connections', 'archive']))
    document.deleteIn(['connections', 'archive'])
  })
  expect([(await ask(secret)).told, (await ask(other, archive)).told]).toEqual(['403 TOKEN_SCOPE', '403 TOKEN_SCOPE'])
  const list = (await at.as('mika', '/v1/tokens')).body['tokens'] as { marks: string[] }[]
  expect(list.at(-1)?.marks).toContain('access-lost')
  await at.configure((document) => {
    document.setIn(['connections', 'vectordb', 'access', 0, 'policy'], 'research')
    document.setIn(['connections', 'archive'], document.getIn(['connections', 'cellar']))
    document.deleteIn(['connections', 'cellar'])
  })
  expect([(await ask(secret)).told, (await ask(other, archive)).told]).toEqual(['201 ok', '201 ok'])
})
