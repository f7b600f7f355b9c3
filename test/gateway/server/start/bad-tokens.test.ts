import { createPublicKey, KeyObject, sign as signRaw } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProver } from '../../../identity/proofs.js'
import type { Fault } from '../../../helpers/issuer/process.js'
import { type Answer, workloadStage, type WorkloadStage } from './workload-stage.js'

type Claims = Record<string, unknown>
type Header = Record<string, unknown>

const faults = ['down', 'slow', 'garbage', 'huge', 'redirecting', 'empty', 'list'] as const satisfies readonly Fault[]
const when = { repository_id: '4711', ref: 'refs/heads/main' }

let stage: WorkloadStage
beforeAll(async () => {
  stage = await workloadStage(
    (from) => ({
      ci: { issuer: from.issuer('ci'), when },
      ...Object.fromEntries(
        [...faults, 'twins', 'rotating'].map((name) => [name, { issuer: from.issuer(name), when }]),
      ),
    }),
    { people: true },
  )
})
afterAll(() => stage[Symbol.asyncDispose]())

const now = () => Math.floor(Date.now() / 1000)

/** The two kinds of tokens, as each is presented. */
const kinds = {
  person: {
    issuer: 'people',
    claims: (): Claims => ({ aud: 'hoop-cli', sub: 'mika', groups: ['ml-eng'], email: 'mika@acme.example' }),
    present: (token: string) => stage.get('/v1/me', token),
    ok: 200,
    refused: 401,
  },
  workload: {
    issuer: 'ci',
    claims: (): Claims => ({ aud: stage.it.gateway.url, sub: 'repo:acme/app', repository: 'acme/app', ...when }),
    present: (token: string) => stage.exchange(token),
    ok: 200,
    refused: 400,
  },
} as const
type Kind = keyof typeof kinds
const both: readonly Kind[] = ['person', 'workload']

const make = (kind: Kind, claims: Claims = {}, header: Header = {}) =>
  stage.issuers.control.sign(kinds[kind].issuer, { ...kinds[kind].claims(), ...claims }, header)

/** One sentence, one hint, and no path of the gateway's, stack or claim of ours. */
const expectRefusal = ({ status, body }: Answer, kind: Kind, code: string) => {
  expect([status, body['code']]).toEqual([kinds[kind].refused, code])
  expect(body['message']).toMatch(/^[^\n]{10,200}$/)
  expect(body['hint']).toMatch(kind === 'workload' ? /^[^\n]{5,200}\.$/ : /^[^\n]{5,200}\.$|^Run: hoop login$/)
  expect(JSON.stringify(body)).not.toMatch(/\/tmp\/|\bat .*\.[jt]s:\d|4711/)
}

/** Whoever was let in before still is. */
const expectOthersUnhurt = async () => {
  for (const kind of both) expect((await kinds[kind].present(await make(kind))).status).toBe(kinds[kind].ok)
}

describe('claims', () => {
  const cases: readonly [what: string, kinds: readonly Kind[], claims: () => Claims, code: string][] = [
    ['of another issuer', ['person'], () => ({ iss: 'https://evil.example.com' }), 'TOKEN_INVALID'],
    ['of another issuer', ['workload'], () => ({ iss: 'https://evil.example.com' }), 'WORKLOAD_REFUSED'],
    [
      'of an issuer with a slash more',
      ['person'],
      () => ({ iss: `${stage.issuers.issuer('people')}/` }),
      'TOKEN_INVALID',
    ],
    [
      'of an issuer with a slash more',
      ['workload'],
      () => ({ iss: `${stage.issuers.issuer('ci')}/` }),
      'WORKLOAD_REFUSED',
    ],
    ['of no issuer', ['person'], () => ({ iss: undefined }), 'TOKEN_INVALID'],
    ['of a list of issuers', ['person'], () => ({ iss: [stage.issuers.issuer('people')] }), 'TOKEN_INVALID'],
    ['for another audience', both, () => ({ aud: 'https://other.example.com' }), 'TOKEN_INVALID'],
    [
      'for an audience that begins like ours',
      ['workload'],
      () => ({ aud: `${stage.it.gateway.url}.evil.example` }),
      'TOKEN_INVALID',
    ],
    ['for an audience in capitals', ['workload'], () => ({ aud: stage.it.gateway.url.toUpperCase() }), 'TOKEN_INVALID'],
    ['for no audience', both, () => ({ aud: undefined }), 'TOKEN_INVALID'],
    ['for several audiences', ['person'], () => ({ aud: ['hoop-cli', 'other'] }), 'TOKEN_INVALID'],
    ['for several audiences', ['workload'], () => ({ aud: [stage.it.gateway.url, 'other'] }), 'TOKEN_INVALID'],
    ['for an audience that is an object', both, () => ({ aud: { a: 1 } }), 'TOKEN_INVALID'],
    ['expired', both, () => ({ exp: now() - 90 }), 'TOKEN_EXPIRED'],
    ['not yet valid', both, () => ({ nbf: now() + 600 }), 'TOKEN_INVALID'],
    ['of a clock ten minutes ahead', both, () => ({ iat: now() + 600, exp: now() + 900 }), 'TOKEN_INVALID'],
    ['of a clock ten minutes behind', both, () => ({ iat: now() - 900, exp: now() - 600 }), 'TOKEN_EXPIRED'],
    ['without an end', both, () => ({ exp: undefined }), 'TOKEN_INVALID'],
    ['with an end in words', both, () => ({ exp: 'tomorrow' }), 'TOKEN_INVALID'],
    ['good for ten years', both, () => ({ exp: now() + 10 * 365 * 86_400 }), 'TOKEN_INVALID'],
    ['issued in words', both, () => ({ iat: 'yesterday' }), 'TOKEN_INVALID'],
    ['with a subject that is a number', ['person'], () => ({ sub: 7 }), 'TOKEN_INVALID'],
    ['with a subject that is a list', ['person'], () => ({ sub: ['mika'] }), 'TOKEN_INVALID'],
    ['with a subject that is an object', ['workload'], () => ({ sub: {}, repository: undefined }), 'TOKEN_INVALID'],
    ['with a subject of a token', ['person'], () => ({ sub: 'token:1' }), 'TOKEN_INVALID'],
    ['with a subject of a workload', ['person'], () => ({ sub: 'workload:ci:4711' }), 'TOKEN_INVALID'],
    ['with a subject of a workload in capitals', ['person'], () => ({ sub: 'WORKLOAD:ci:4711' }), 'TOKEN_INVALID'],
    [
      'with a subject of a workload in wide letters',
      ['person'],
      () => ({ sub: 'ｗorkload：ci:4711' }),
      'TOKEN_INVALID',
    ],
    ['with a subject that steers a terminal', both, () => ({ sub: '\x1b[2J', repository: undefined }), 'TOKEN_INVALID'],
    ['with a jti that is a number', ['workload'], () => ({ jti: 7 }), 'TOKEN_INVALID'],
    ['with a jti that is a list', ['workload'], () => ({ jti: ['a'] }), 'TOKEN_INVALID'],
    ['with an empty jti', ['workload'], () => ({ jti: '' }), 'TOKEN_INVALID'],
    ['of a logout', both, () => ({ events: {} }), 'TOKEN_INVALID'],
    ['of another repository', ['workload'], () => ({ repository_id: '4712' }), 'WORKLOAD_REFUSED'],
    ['of a repository whose id begins like ours', ['workload'], () => ({ repository_id: '47110' }), 'WORKLOAD_REFUSED'],
    ['of a branch that begins like ours', ['workload'], () => ({ ref: 'refs/heads/main-evil' }), 'WORKLOAD_REFUSED'],
    ['of a branch in capitals', ['workload'], () => ({ ref: 'refs/heads/Main' }), 'WORKLOAD_REFUSED'],
    ['of a branch in other letters', ['workload'], () => ({ ref: 'refs/heads/mаin' }), 'WORKLOAD_REFUSED'],
    ['with a list for a condition', ['workload'], () => ({ ref: [when.ref] }), 'WORKLOAD_REFUSED'],
    ['with an object for a condition', ['workload'], () => ({ repository_id: { id: '4711' } }), 'WORKLOAD_REFUSED'],
    ['without what a condition asks', ['workload'], () => ({ ref: undefined }), 'WORKLOAD_REFUSED'],
    ['with null for a condition', ['workload'], () => ({ ref: null }), 'WORKLOAD_REFUSED'],
  ]
  const all = cases.flatMap(([what, whose, claims, code]) => whose.map((kind) => [kind, what, claims, code] as const))

  test.for(all)('a %s’s token %s is refused', async ([kind, , claims, code]) => {
    expectRefusal(await kinds[kind].present(await make(kind, claims())), kind, code)
  })

  test.for(both)('a %s’s token survives claims that are of no concern', async (kind) => {
    const claims = { groups: { a: 1 }, email: 7, name: ['x'], extra: { deep: [1, { a: null }] } }
    expect((await kinds[kind].present(await make(kind, claims))).status).toBe(200)
  })

  test('numbers stand for their text', async () => {
    expect((await stage.exchange(await make('workload', { repository_id: 4711 }))).status).toBe(200)
  })
})

describe('headers and signatures', () => {
  const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payloadOf = (token: string) => token.split('.')[1]!
  const own = async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), alg: 'RS256' } }
  }
  const published = async (kind: Kind) => (await stage.issuers.control.keys(kinds[kind].issuer))[0]!
  const claimsOf = (kind: Kind): Claims => ({
    ...{ iss: stage.issuers.issuer(kinds[kind].issuer), iat: now(), exp: now() + 300, jti: crypto.randomUUID() },
    ...kinds[kind].claims(),
  })
  const forged = async (kind: Kind, header: (mine: object) => Header) => {
    const { privateKey, jwk } = await own()
    return new SignJWT(claimsOf(kind)).setProtectedHeader({ alg: 'RS256', ...header(jwk) }).sign(privateKey)
  }

  const cases: readonly [what: string, token: (kind: Kind) => Promise<string>][] = [
    ['alg: none', async (kind) => new UnsecuredJWT(claimsOf(kind)).encode()],
    ['alg: NONE and a signature', async (kind) => `${base64({ alg: 'NONE' })}.${payloadOf(await make(kind))}.AAAA`],
    [
      'HS256 with the public key',
      async (kind) => {
        const jwk = await published(kind)
        const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
        return new SignJWT(claimsOf(kind)).setProtectedHeader({ alg: 'HS256', kid: jwk.kid! }).sign(Buffer.from(pem))
      },
    ],
    ['an unknown kid', (kind) => make(kind, {}, { kid: 'nobody' })],
    ['a kid that is a path', (kind) => make(kind, {}, { kid: '../../etc/passwd' })],
    ['a key of its own in jwk', (kind) => forged(kind, (jwk) => ({ jwk }))],
    ['its own key under our kid', async (kind) => forged(kind, () => ({ kid: undefined }))],
    ['a jku', (kind) => forged(kind, () => ({ jku: `${stage.issuers.issuer('other')}/jwks`, kid: 'x' }))],
    ['an x5u', (kind) => forged(kind, () => ({ x5u: 'https://evil.example.com/c.pem', kid: 'x' }))],
    [
      'a crit that nobody knows',
      async (kind) => {
        const { privateKey } = await generateKeyPair('RS256', { extractable: true })
        const header = { alg: 'RS256', crit: ['exp'], exp: 1 }
        const input = `${base64(header)}.${payloadOf(await make(kind))}`
        return `${input}.${signRaw('sha256', Buffer.from(input), KeyObject.from(privateKey)).toString('base64url')}`
      },
    ],
    [
      'b64: false',
      async (kind) => `${base64({ alg: 'RS256', b64: false, crit: ['b64'] })}.${payloadOf(await make(kind))}.AAAA`,
    ],
    [
      'a claim changed',
      async (kind) => {
        const [head, , signature] = (await make(kind)).split('.')
        return `${head}.${base64({ ...claimsOf(kind), sub: 'olu' })}.${signature}`
      },
    ],
    ['no signature', async (kind) => (await make(kind)).replace(/[^.]*$/, '')],
    ['a header that is a list', async (kind) => `${base64([1])}.${payloadOf(await make(kind))}.AAAA`],
    ['the type of an access token', (kind) => make(kind, {}, { typ: 'at+jwt' })],
    ['the type of a grant', (kind) => make(kind, {}, { typ: 'dpop+jwt' })],
    ['20 KB of claims and a wrong end', (kind) => make(kind, { extra: 'x'.repeat(15_000), exp: now() - 600 })],
  ]
  const all = cases.flatMap(([what, token]) => both.map((kind) => [kind, what, token] as const))

  test.for(all)('a %s’s token with %s is refused', async ([kind, , token]) => {
    const answer = await kinds[kind].present(await token(kind))
    expectRefusal(answer, kind, String(answer.body['code']))
    expect(answer.body['code']).toMatch(/^TOKEN_(INVALID|EXPIRED)$/)
  })

  test.for(both)('a %s’s token with a jku beside the right signature is good: nobody follows it', async (kind) => {
    const token = await make(kind, {}, { jku: `${stage.issuers.issuer('other')}/jwks`, x5t: 'a' })
    expect((await kinds[kind].present(token)).status).toBe(200)
    expect(await stage.issuers.control.asked('other')).toBe(0)
  })

  test('a token past what is read is refused, of a person by HTTP’s own limit', async () => {
    const claims = { extra: 'x'.repeat(19_000) }
    expectRefusal(await stage.exchange(await make('workload', claims)), 'workload', 'TOKEN_INVALID')
    const huge = await stage.exchange(await make('workload', { extra: 'x'.repeat(90_000) }))
    expect(huge).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  test.for(both)('a %s’s token that says a claim twice is refused, though it is signed', async (kind) => {
    // A key whose private half the test has, published as the issuer's: the issuer's library writes no claim twice.
    const name = kinds[kind].issuer
    const token = await stage.issuers.control.twice(name, { ...claimsOf(kind) })
    expectRefusal(await kinds[kind].present(token), kind, 'TOKEN_INVALID')
  })
})

describe('keys', () => {
  const signBy = (name: string, header: Header = {}) =>
    stage.issuers.control.sign(name, { ...kinds.workload.claims() }, header)

  test.for(faults)('a key set that is %s: refused for now, and nobody else is hurt', async (name) => {
    await stage.issuers.control.fault(name, name)
    const asked = stage.exchange(await signBy(name))
    await expectOthersUnhurt()
    const { status, body } = await asked
    expect([status, body['error'], body['code']]).toEqual(
      name === 'empty' ? [400, 'invalid_grant', 'TOKEN_INVALID'] : [503, 'temporarily_unavailable', 'IDP_UNREACHABLE'],
    )
    expect(body['hint']).toMatch(/\.$/)
  })

  test('two keys with one kid: which is meant nobody can say', async () => {
    await stage.issuers.control.add('twins', { kid: 'same' })
    await stage.issuers.control.add('twins', { kid: 'same' })
    expectRefusal(await stage.exchange(await signBy('twins')), 'workload', 'TOKEN_INVALID')
  })

  test('keys rotated in flight: the old one and the new one are good, and the gateway asks once', async () => {
    const before = await signBy('rotating')
    const kept = await signBy('rotating')
    expect((await stage.exchange(before)).status).toBe(200)
    await stage.issuers.control.add('rotating', { alg: 'ES256' })
    // The gateway asks at most twice a minute for keys that it doesn't know.
    const clock = performance.now.bind(performance)
    performance.now = () => clock() + 31_000
    const answers = await Promise.all([
      stage.exchange(await signBy('rotating')),
      stage.exchange(await signBy('rotating')),
    ])
    performance.now = clock
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect((await stage.exchange(kept)).status).toBe(200)
    expect(await stage.issuers.control.asked('rotating')).toBe(2)
  })
})

describe('whose a token is', () => {
  test.for(both)(
    'a %s’s token that came with one key is no other’s, however its signature is written',
    async (kind) => {
      const token = await make(kind)
      expect((await kinds[kind].present(token)).status).toBe(200)
      const prover = await newProver()
      // The last character of a signature has bits that say nothing.
      const last = token.at(-1)!
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      const other = `${token.slice(0, -1)}${letters[letters.indexOf(last) ^ 1]}`
      for (const one of [token, other]) {
        const { body } =
          kind === 'person' ? await stage.get('/v1/me', one, prover) : await stage.exchange(one, { prover })
        expect(['TOKEN_BOUND', 'TOKEN_INVALID']).toContain(body['code'])
      }
      const { body } =
        kind === 'person' ? await stage.get('/v1/me', token, prover) : await stage.exchange(token, { prover })
      expect(body['code']).toBe('TOKEN_BOUND')
    },
  )

  test('a second key is told of in the log, and counted', async () => {
    const token = await make('person')
    await stage.get('/v1/me', token)
    const thief = await newProver()
    expectRefusal(await stage.get('/v1/me', token, thief), 'person', 'TOKEN_BOUND')
    expect(stage.it.log.find(({ msg, jkt }) => msg.includes('another key') && jkt === thief.jkt)).toMatchObject({
      ...{ level: 'warn', subject: 'mika', name: 'mika@acme.example' },
    })
    expect((await stage.get('/v1/me', token)).status).toBe(200)
  })

  test('of two keys at once one has it', async () => {
    const token = await make('person')
    const provers = await Promise.all([newProver(), newProver(), newProver()])
    const answers = await Promise.all(provers.map((prover) => stage.get('/v1/me', token, prover)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401])
  })
})

test('after all of it those who are let in still are', async () => {
  await sleep(10)
  await expectOthersUnhurt()
})
