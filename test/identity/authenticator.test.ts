import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAuthenticator, type Authenticator, type SignedRequest } from '../../src/identity/authenticator.js'
import { issueGrant, verifyGrant } from '../../src/identity/grants.js'
import { generateSigningKey, loadSigningKeys, writeSigningKeys, type SigningKeys } from '../../src/identity/keys.js'
import { ReplayGuard } from '../../src/identity/replay.js'
import { HoopError } from '../../src/lib/errors.js'
import { tempFolder } from '../helpers/temp.js'
import { newProver, type ProofChanges, type Prover } from './proofs.js'

const gateway = 'https://gateway.example.com:8443'
const ana = { subject: 'ana', issuer: 'https://login.example.com', name: 'Ana', groups: ['ml-eng'] }

let keys: SigningKeys
let prover: Prover
let thief: Prover
let authenticator: Authenticator
let bound: string | undefined

beforeAll(async () => {
  await using folder = await tempFolder()
  await writeSigningKeys(folder.file('keys.json'), [await generateSigningKey()])
  keys = await loadSigningKeys(folder.file('keys.json'))
  prover = await newProver()
  thief = await newProver()
})

beforeEach(() => {
  bound = undefined
  authenticator = createAuthenticator({
    tokens: [
      {
        recognizes: (token) => token.startsWith('id.'),
        verify: async (token) => {
          if (token !== 'id.ana') throw new HoopError('TOKEN_INVALID')
          return { identity: ana, ...(bound !== undefined && { jkt: bound }) }
        },
      },
    ],
    verifyGrant: (token, jkt) => verifyGrant(token, jkt, { gateway, keys }),
    replay: new ReplayGuard(),
    gateway: () => `${gateway}/`,
    isOwnHost: (host) => host === 'localhost:8443',
  })
})

const signed = async (
  token: string,
  {
    path = '/v1/me',
    by = prover,
    over,
    ...rest
  }: Partial<SignedRequest> & { path?: string; by?: Prover; over?: ProofChanges } = {},
): Promise<SignedRequest> => ({
  method: 'GET',
  url: path,
  host: 'gateway.example.com:8443',
  authorization: `DPoP ${token}`,
  dpop: await by.prove({ url: gateway + path, token }, over),
  ...rest,
})

const newGrant = () =>
  issueGrant({ principal: { ...ana, jkt: prover.jkt }, connection: 'vectordb', lifetime: 60_000 }, { gateway, keys })

describe('an ID token with a proof', () => {
  test('gives the person and the key', async () => {
    expect(await authenticator.principal(await signed('id.ana'))).toEqual({ ...ana, jkt: prover.jkt })
  })

  test('is good once', async () => {
    const request = await signed('id.ana')
    await authenticator.principal(request)
    await expect(authenticator.principal(request)).rejects.toMatchObject({ code: 'PROOF_REPLAYED' })
  })

  test('is good once, also when both copies come at the same time', async () => {
    const request = await signed('id.ana')
    const results = await Promise.allSettled([authenticator.principal(request), authenticator.principal(request)])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('does not use up the id of another key’s proof', async () => {
    const over = { claims: { jti: 'same' } }
    await authenticator.principal(await signed('id.ana', { over }))
    await expect(authenticator.principal(await signed('id.ana', { over, by: thief }))).resolves.toBeDefined()
  })

  test('is not used up by an attempt with a bad token', async () => {
    const over = { claims: { jti: 'same' } }
    await expect(authenticator.principal(await signed('id.bad', { over }))).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
    })
    await expect(authenticator.principal(await signed('id.ana', { over }))).resolves.toBeDefined()
  })

  test('that the provider bound to a key is good with that key alone', async () => {
    bound = prover.jkt
    await expect(authenticator.principal(await signed('id.ana'))).resolves.toBeDefined()
    await expect(authenticator.principal(await signed('id.ana', { by: thief }))).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
    })
  })

  test('may be for the name under which the request came, if that is the gateway’s', async () => {
    const claims = { htu: 'https://localhost:8443/v1/me' }
    const own = await signed('id.ana', { host: 'localhost:8443', over: { claims } })
    await expect(authenticator.principal(own)).resolves.toBeDefined()
    const foreign = await signed('id.ana', {
      host: 'evil.example.com',
      over: { claims: { htu: 'https://evil.example.com/v1/me' } },
    })
    await expect(authenticator.principal(foreign)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  test('covers the path and leaves the query out', async () => {
    const request = await signed('id.ana', { path: '/v1/sessions', url: '/v1/sessions?person=ben' })
    await expect(authenticator.principal(request)).resolves.toBeDefined()
    const other = await signed('id.ana', { path: '/v1/sessions', url: '/v1/sessions/x' })
    await expect(authenticator.principal(other)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  test('covers the method', async () => {
    const request = await signed('id.ana', { method: 'POST' })
    await expect(authenticator.principal(request)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })
})

describe('a request is refused', () => {
  test.for<[string, Partial<SignedRequest>, string]>([
    ['without a token', { authorization: undefined }, 'NOT_LOGGED_IN'],
    ['with a bearer token', { authorization: 'Bearer id.ana' }, 'TOKEN_INVALID'],
    ['with an empty token', { authorization: 'DPoP ' }, 'TOKEN_INVALID'],
    ['with two tokens', { authorization: 'DPoP id.ana, DPoP id.ana' }, 'TOKEN_INVALID'],
    ['with a token of no known kind', { authorization: 'DPoP other' }, 'TOKEN_INVALID'],
    ['without a proof', { dpop: undefined }, 'PROOF_INVALID'],
    ['with an empty proof', { dpop: '' }, 'PROOF_INVALID'],
  ])('%s', async ([, change, code]) => {
    const request = { ...(await signed('id.ana')), ...change }
    await expect(authenticator.principal(request)).rejects.toMatchObject({ code })
  })

  test('with two proofs, as Node joins two headers', async () => {
    const request = await signed('id.ana')
    const twice = { ...request, dpop: `${request.dpop}, ${request.dpop}` }
    await expect(authenticator.principal(twice)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })
})

describe('a grant', () => {
  const path = '/v1/tunnel'

  test('opens a stream with its key', async () => {
    const { token, grant } = await newGrant()
    expect(await authenticator.grant(await signed(token, { path }))).toEqual(grant)
  })

  test('that was stolen opens nothing', async () => {
    const { token } = await newGrant()
    await expect(authenticator.grant(await signed(token, { path, by: thief }))).rejects.toMatchObject({
      code: 'GRANT_INVALID',
    })
  })

  test('that was stolen with a proof opens nothing a second time, nor anywhere else', async () => {
    const { token } = await newGrant()
    const request = await signed(token, { path })
    await authenticator.grant(request)
    await expect(authenticator.grant(request)).rejects.toMatchObject({ code: 'PROOF_REPLAYED' })
    await expect(authenticator.grant({ ...request, url: '/v2/tunnel' })).rejects.toMatchObject({
      code: 'PROOF_INVALID',
    })
  })

  test('does not speak for the person elsewhere', async () => {
    const { token } = await newGrant()
    await expect(authenticator.principal(await signed(token))).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test('is what a stream takes, not an ID token', async () => {
    await expect(authenticator.grant(await signed('id.ana', { path }))).rejects.toMatchObject({ code: 'GRANT_INVALID' })
  })
})
