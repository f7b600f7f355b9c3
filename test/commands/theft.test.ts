import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Agent, request } from 'undici'
import { newProver } from '../identity/proofs.js'
import { hoop } from '../helpers/command/hoop.js'
import { tempFolder, type TempFolder } from '../helpers/temp.js'
import { programStage, type ProgramStage } from './workload-stage.js'

interface Secrets {
  readonly idToken: string
  readonly refreshToken: string
}

let stage: ProgramStage
let machine: TempFolder
let secrets: Secrets
beforeAll(async () => {
  const { href } = Object.assign(new URL(inject('databaseUrl')), { search: '' })
  stage = await programStage(`${href}?sslmode=verify-full&sslrootcert=${inject('caFile')}`)
  expect((await stage.gateway.login('mika')).status).toBe(0)
  expect((await stage.gateway.hoop('mika', ['exec', 'vectordb', 'SELECT 1'])).status).toBe(0)
  // `secrets` stands for the keyring, which isn't taken: it holds what the thief is given below, and the key, which he isn't.
  const vault = join(stage.gateway.home('mika'), 'secrets')
  const [file = ''] = await readdir(vault)
  secrets = JSON.parse(await readFile(join(vault, file), 'utf8')) as Secrets
  machine = await tempFolder()
  await cp(stage.gateway.home('mika'), machine.path, { recursive: true })
  await rm(machine.file('secrets'), { recursive: true })
})
afterAll(async () => {
  await machine[Symbol.asyncDispose]()
  await stage[Symbol.asyncDispose]()
})

const variables = () => ({ HOOP_GATEWAY: stage.gateway.url, HOOP_CA: stage.gateway.caFile })
const ask = async (path: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'GET', body = '') => {
  const dispatcher = new Agent({ connect: { ca: await readFile(stage.gateway.caFile) } })
  const json = body === '' ? {} : { 'content-type': 'application/json' }
  const all = { ...headers, ...json }
  const answer = await request(stage.gateway.url + path, { dispatcher, method, headers: all, ...(body && { body }) })
  const told = (await answer.body.json()) as Record<string, unknown>
  await dispatcher.destroy()
  return { status: answer.statusCode, body: told }
}

test('every file of a login but the keyring gets nothing on another machine', async () => {
  for (const command of [['connections'], ['exec', 'vectordb', 'SELECT 1'], ['sessions', 'list']])
    expect((await hoop(command, { home: machine.path, env: variables() })).status).not.toBe(0)
})

test('an ID token that was in use gets nothing with another key, and is alerted', async () => {
  const env = { ...variables(), HOOP_TOKEN: secrets.idToken }
  const { status, stderr } = await hoop(['connections'], { home: machine.path, env })
  expect([status, stderr]).toEqual([
    77,
    expect.stringMatching(/^hoop: the token belongs to another key: [^\n]+\nhint: [^\n]+\n$/),
  ])
  expect(stage.gateway.server.stdout + stage.gateway.server.stderr).toMatch(/presented by another key/)
  expect((await stage.gateway.hoop('mika', ['connections'])).status).toBe(0)
})

test('a refresh token gets nothing at the provider with another key, or with none', async () => {
  const { idp } = stage.gateway
  const config = await client.discovery(new URL(idp.issuer), idp.clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  })
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  for (const options of [{ DPoP }, {}])
    await expect(client.refreshTokenGrant(config, secrets.refreshToken, undefined, options)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  // The owner's is as good as before.
  expect((await stage.gateway.hoop('mika', ['connections'])).status).toBe(0)
})

test('a grant gets nothing with another key', async () => {
  const [owner, thief] = await Promise.all([newProver(), newProver()])
  const { url } = stage.gateway
  const token = await stage.gateway.idp.sign({ sub: 'mika', groups: ['ml-eng'] })
  const proved = async (by: typeof owner, path: string, method: 'GET' | 'POST', carried: string) => ({
    authorization: `DPoP ${carried}`,
    dpop: await by.prove({ method, url: url + path, token: carried }),
  })
  const headers = await proved(owner, '/v1/grants', 'POST', token)
  const { body } = await ask('/v1/grants', headers, 'POST', JSON.stringify({ connection: 'vectordb' }))
  const grant = String(body['grant'])
  const renews = JSON.stringify({ connection: 'vectordb', renews: grant })
  const own = await stage.gateway.idp.sign({ sub: 'mika', groups: ['ml-eng'] })
  const stolen = await ask('/v1/grants', await proved(thief, '/v1/grants', 'POST', own), 'POST', renews)
  expect(stolen).toMatchObject({ status: 401, body: { code: 'GRANT_INVALID' } })
})

test('a proof that was used is not good after the gateway was killed, and neither is a token with another key', async () => {
  const [owner, thief] = await Promise.all([newProver(), newProver()])
  const { url } = stage.gateway
  const token = await stage.gateway.idp.sign({ sub: 'mika', groups: ['ml-eng'] })
  // A client whose clock is ahead: its proof is good for longest.
  const iat = Math.floor(Date.now() / 1000) + 50
  const headers = {
    authorization: `DPoP ${token}`,
    dpop: await owner.prove({ url: `${url}/v1/me`, token }, { claims: { iat } }),
  }
  expect((await ask('/v1/me', headers)).status).toBe(200)
  await stage.gateway.end('SIGKILL')
  await stage.gateway.restart()
  expect(await ask('/v1/me', headers)).toMatchObject({ status: 401, body: { code: 'PROOF_REPLAYED' } })
  const own = { ...headers, dpop: await owner.prove({ url: `${url}/v1/me`, token }) }
  expect((await ask('/v1/me', own)).status).toBe(200)
  const other = { ...headers, dpop: await thief.prove({ url: `${url}/v1/me`, token }) }
  expect(await ask('/v1/me', other)).toMatchObject({ status: 401, body: { code: 'TOKEN_BOUND' } })
})
