import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'
import { workloadCredentials } from '../../../../src/agent/login/workload/credentials.js'
import { decodeJwt } from 'jose'
import { newProver } from '../../../identity/proofs.js'
import { personWith } from './person.js'
import { workloadStage, type WorkloadStage } from './workload-stage.js'
import { createRecordingsView } from './recordings.js'

let stage: WorkloadStage
beforeAll(async () => {
  stage = await workloadStage((from) => ({
    deploy: { issuer: from.issuer('ci'), when: { repository_id: '4711', ref: 'refs/heads/main' } },
    cluster: {
      issuer: from.issuer('cluster'),
      reuse: 'same-key',
      when: { 'kubernetes.io.serviceaccount.uid': 'u-1' },
    },
    named: { issuer: from.issuer('ci'), audience: 'hoop-of-ours', when: { repository_id: '4712' } },
  }))
})
afterAll(() => stage[Symbol.asyncDispose]())

const job = {
  sub: 'repo:acme/app:ref:refs/heads/main',
  repository_id: '4711',
  repository: 'acme/app',
  ref: 'refs/heads/main',
}
const sign = (claims: Record<string, unknown> = {}, name = 'ci') =>
  stage.issuers.control.sign(name, { aud: stage.it.gateway.url, ...job, ...claims })
const pod = {
  sub: 'system:serviceaccount:ci:loader',
  'kubernetes.io': { namespace: 'ci', serviceaccount: { uid: 'u-1' } },
}
const podToken = (claims: Record<string, unknown> = {}) =>
  stage.issuers.control.sign('cluster', { aud: [stage.it.gateway.url], ...pod, ...claims })

const issued = async (token: string): Promise<string> => {
  const { status, body } = await stage.exchange(token)
  expect(body).toMatchObject({
    token_type: 'DPoP',
    issued_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    expires_in: 600,
  })
  expect(status).toBe(200)
  return String(body['access_token'])
}

test('a job’s token becomes the gateway’s, and says by what it was recognized', async () => {
  const { status, body } = await stage.get('/v1/me', await issued(await sign()))
  expect([status, body]).toEqual([
    200,
    {
      subject: 'workload:deploy:4711',
      name: 'acme/app@refs/heads/main',
      groups: [],
      roles: [],
      workload: { trust: 'deploy', claims: { repository_id: '4711', ref: 'refs/heads/main' } },
    },
  ])
})

test('it uses what its access entry names, and the recording says what proved it', async () => {
  const { url } = stage.it.gateway
  const route = { url: new URL(url), ca: await readFile(stage.it.caFile, 'utf8') }
  const asked: string[] = []
  const source = {
    name: 'HOOP_TOKEN_FILE' as const,
    token: async (audience: string) => (asked.push(audience), sign()),
  }
  const credentials = await workloadCredentials(
    { HOOP_HOME: stage.it.folder.file('home'), HOOP_KEYRING: 'file' },
    route,
    source,
  )
  await using job = personWith(route, credentials)
  const first = await job.grant()
  expect(first).toMatchObject({ subject: 'workload:deploy:4711', connection: { name: 'vectordb' } })
  const { client } = await job.connect(first)
  await client.query('SELECT 1')
  await credentials.renew(new AbortController().signal)
  await job.grant(first)
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
  expect(asked).toEqual([url, url])
  const [start] = await createRecordingsView(stage.it.folder.file('recordings')).only()
  expect(start).toMatchObject({
    subject: 'workload:deploy:4711',
    proof: { workload: { trust: 'deploy', claims: { repository_id: '4711', ref: 'refs/heads/main' } } },
  })
})

test('who was shut out and let in again needs a token that the platform has signed since', async () => {
  const now = Math.floor(Date.now() / 1000)
  const other = { repository_id: '4712', aud: 'hoop-of-ours', exp: now + 600 }
  const old = { ...other, iat: now - 60 }
  const { body } = await stage.get('/v1/me', await issued(await sign(old)))
  const before = await sign(old)
  await using olu = await stage.it.person('olu')
  await olu.client.post('/v1/people/revoke', { person: body['subject'], reason: 'stolen' })
  await olu.client.post('/v1/people/restore', { person: body['subject'] })
  expect(await stage.exchange(before)).toMatchObject({
    body: { code: 'TOKEN_OUTDATED', hint: expect.stringContaining('platform') as string },
  })
  await issued(await sign({ ...other, iat: now + 5 }))
})

test('a groups claim makes it nobody’s fellow, and its name is no person’s', async () => {
  const claims = { groups: ['platform', 'ml-eng'], email: 'olu@acme.example', repository: undefined }
  const { body } = await stage.get('/v1/me', await issued(await sign(claims)))
  expect(body).toMatchObject({ name: 'deploy/repo:acme/app:ref:refs/heads/main', groups: [], roles: [] })
  expect(body).not.toHaveProperty('email')
})

test('a gateway token is of no use to another key, and a stranger’s proof gets none', async () => {
  const token = await issued(await sign())
  const thief = await newProver()
  expect(await stage.get('/v1/me', token, thief)).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } })
  expect(await stage.exchange(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
})

test('a platform’s token opens nothing by itself', async () => {
  expect(await stage.get('/v1/me', await sign())).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } })
})

test('a token is exchanged once, by whatever key', async () => {
  const token = await sign()
  await issued(token)
  expect(await stage.exchange(token)).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', code: 'TOKEN_REUSED' },
  })
  const thief = await newProver()
  expect(await stage.exchange(token, { prover: thief })).toMatchObject({ body: { code: 'TOKEN_BOUND' } })
  // What another token says under the same id is the same token to its issuer.
  const twin = await sign({ jti: decodeJwt(token).jti, extra: 1 })
  expect(await stage.exchange(twin)).toMatchObject({ body: { code: 'TOKEN_REUSED' } })
})

test('two exchanges of one token at once: one gets it', async () => {
  const token = await sign()
  const answers = await Promise.all([stage.exchange(token), stage.exchange(token)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400])
})

test('without a jti the signed text is what is remembered', async () => {
  const token = await sign({ jti: undefined, extra: 'no id' })
  await issued(token)
  expect(await stage.exchange(token)).toMatchObject({ body: { code: 'TOKEN_REUSED' } })
})

test('under reuse: same-key the same key may come again, and no other', async () => {
  const token = await podToken()
  await issued(token)
  const { body } = await stage.get('/v1/me', await issued(token))
  expect(body).toMatchObject({ subject: 'workload:cluster:system:serviceaccount:ci:loader' })
  const thief = await newProver()
  expect(await stage.exchange(token, { prover: thief })).toMatchObject({ status: 400, body: { code: 'TOKEN_BOUND' } })
  expect(stage.it.log.filter(({ msg }) => msg.includes('another key')).at(-1)).toMatchObject({
    level: 'warn',
    subject: 'workload:cluster:system:serviceaccount:ci:loader',
  })
})

test('a trust with an audience of its own takes that one and no other', async () => {
  const claims = { repository_id: '4712' }
  await issued(await sign({ ...claims, aud: 'hoop-of-ours' }))
  expect(await stage.exchange(await sign(claims))).toMatchObject({ body: { code: 'WORKLOAD_REFUSED' } })
})

test('which condition failed is in the log, and is not told', async () => {
  const { body } = await stage.exchange(await sign({ ref: 'refs/heads/dev' }))
  expect(body).toMatchObject({ error: 'invalid_grant', code: 'WORKLOAD_REFUSED' })
  expect(JSON.stringify(body)).not.toContain('refs/heads')
  expect(stage.it.log.at(-2)).toMatchObject({ level: 'warn', why: expect.stringContaining('deploy: ref') as string })
})

test.for<[string, Parameters<WorkloadStage['exchange']>[1], string]>([
  ['another grant type', { form: { grant_type: 'client_credentials' } }, 'unsupported_grant_type'],
  [
    'another type of token',
    { form: { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' } },
    'invalid_request',
  ],
  ['another audience', { form: { audience: 'https://elsewhere.example' } }, 'invalid_target'],
  ['an empty form', { body: '' }, 'invalid_request'],
  ['a parameter twice', { body: 'grant_type=a&grant_type=b&subject_token=c&subject_token_type=d' }, 'invalid_request'],
  ['JSON', { headers: { 'content-type': 'application/json' }, body: '{}' }, 'invalid_request'],
  ['no proof', { headers: { dpop: '' } }, 'invalid_dpop_proof'],
  ['rubbish for a proof', { headers: { dpop: 'a.b.c' } }, 'invalid_dpop_proof'],
])('%s is refused as RFC 6749 says it', async ([, options, error]) => {
  const { status, body } = await stage.exchange(await sign(), options)
  expect([status, body['error']]).toEqual([400, error])
  expect(body['error_description']).toMatch(/^[\x20-\x7e]+$/)
})

test('a proof for another request, and one that was used, are refused', async () => {
  const { url } = stage.it.gateway
  const over = { claims: { ath: undefined } }
  const other = await stage.prover.prove({ method: 'POST', url: `${url}/v1/grants`, token: '' }, over)
  expect(await stage.exchange(await sign(), { proof: other })).toMatchObject({ body: { code: 'PROOF_INVALID' } })
  const proof = await stage.prover.prove({ method: 'POST', url: `${url}/v1/token`, token: '' }, over)
  expect(await stage.exchange(await sign(), { proof })).toMatchObject({ status: 200 })
  expect(await stage.exchange(await sign(), { proof })).toMatchObject({
    body: { error: 'invalid_dpop_proof', code: 'PROOF_REPLAYED' },
  })
})

test('a trust that has changed has to be met anew', async () => {
  const token = await issued(await podToken())
  await stage.it.folder.edit('kubernetes.io.serviceaccount.uid: u-1', 'kubernetes.io.serviceaccount.uid: u-2')
  await stage.it.gateway.reload()
  expect(await stage.get('/v1/me', token)).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } })
  expect(await stage.exchange(await podToken())).toMatchObject({ body: { code: 'WORKLOAD_REFUSED' } })
})
