import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../../../src/gateway/server/http/app.js'
import { startWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})
afterEach(() => {
  world.state.draining = false
  world.state.failing = undefined
})

test('anybody learns how to log in', async () => {
  const { status, body, headers } = await world.ask(undefined, '/v1/gateway')
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      version: '0.1.0',
      tunnel: 'hoop-pg/1',
      issuer: world.idp.issuer,
      clientId: 'hoop-cli',
      scopes: ['openid', 'email'],
      time: expect.any(String) as string,
    },
  })
  expect(Math.abs(Date.parse(body.time as string) - Date.now())).toBeLessThan(5_000)
  expect(headers['cache-control']).toBe('no-store')
})

test.for(['/livez', '/healthz'])('anybody learns by %s whether the process lives', async (path) => {
  expect(await world.ask(undefined, path)).toMatchObject({ status: 200, body: { live: true } })
})

test('readiness names the part that fails, and not why', async () => {
  const parts = { store: 'ok', recordings: 'ok', identity: 'ok' }
  expect(await world.ask(undefined, '/readyz')).toMatchObject({ status: 200, body: { ready: true, parts } })
  world.state.draining = true
  expect(await world.ask(undefined, '/readyz')).toMatchObject({
    status: 503,
    body: { ready: false, parts: { ...parts, gateway: 'draining' } },
  })
  world.state.draining = false
  world.state.failing = 'recordings'
  await new Promise((later) => setTimeout(later, 1_050))
  const failing = await world.ask(undefined, '/readyz')
  expect(failing).toMatchObject({ status: 503, body: { ready: false, parts: { ...parts, recordings: 'failed' } } })
  expect(failing.text).not.toContain('secret reason')
  expect(world.logged.join('')).toContain('secret reason of recordings')
})

test('with the identity provider down nobody logs in, and who holds a grant goes on', async () => {
  world.state.failing = 'identity'
  await new Promise((later) => setTimeout(later, 1_050))
  const down = { ready: true, logins: false, grants: true, parts: { identity: 'failed', store: 'ok' } }
  expect(await world.ask(undefined, '/readyz')).toMatchObject({ status: 200, body: down })
  expect(await world.ask(undefined, '/readyz?for=grants')).toMatchObject({ status: 200, body: down })
  expect(await world.ask(undefined, '/readyz?for=logins')).toMatchObject({ status: 503, body: down })
  expect(await world.ask(undefined, '/readyz?for=lunch')).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID' },
  })
})

test('readiness is checked once a second, however often it is asked', async () => {
  await new Promise((later) => setTimeout(later, 1_050))
  const first = await world.ask(undefined, '/readyz')
  world.state.failing = 'recordings'
  const others = await Promise.all(Array.from({ length: 20 }, () => world.ask(undefined, '/readyz')))
  expect(new Set(others.map(({ text }) => text))).toEqual(new Set([first.text]))
})

test.for(['/', '/v1', '/v1/nothing', '/v1/grants', '/v2/gateway', '/v1/gateway/', '/%2e%2e/etc/passwd', '/%zz'])(
  '%s is not there, and the answer is ours',
  async (path) => {
    const { status, body } = await world.ask(undefined, path)
    expect([400, 404]).toContain(status)
    expect(body).toMatchObject({
      code: expect.stringMatching(/^(NOT_FOUND|REQUEST_INVALID)$/) as string,
      hint: expect.any(String) as string,
    })
  },
)

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly { name: string; in: string }[]
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, object> }
}

const openApi = async () => (await world.ask(undefined, '/v1/openapi.json')).body as unknown as Document

test('the OpenAPI document describes every route', async () => {
  const { openapi, paths } = await openApi()
  expect(openapi).toBe('3.1.0')
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  )
  expect(routes.toSorted()).toEqual([
    'delete /v1/standing-approvals/{id}',
    'get /approvals',
    'get /approvals/callback',
    'get /approvals/sign-in',
    'get /approvals/{id}',
    'get /healthz',
    'get /livez',
    'get /readyz',
    'get /v1/acts',
    'get /v1/approvals',
    'get /v1/approvals/{id}',
    'get /v1/audit/bundle',
    'get /v1/audit/holds',
    'get /v1/audit/proofs/{target}',
    'get /v1/connections',
    'get /v1/exposure',
    'get /v1/gateway',
    'get /v1/me',
    'get /v1/openapi.json',
    'get /v1/people',
    'get /v1/people/show',
    'get /v1/quarantine',
    'get /v1/sessions',
    'get /v1/sessions/{id}',
    'get /v1/sessions/{id}/events',
    'get /v1/sessions/{id}/following',
    'get /v1/standing-approvals',
    'get /v1/statements',
    'get /v1/tokens',
    'get /v1/tokens/{token}',
    'get /v1/usage',
    'post /approvals/sign-out',
    'post /approvals/{id}',
    'post /v1/access',
    'post /v1/access/{id}/revoke',
    'post /v1/approvals/{id}/approve',
    'post /v1/approvals/{id}/deny',
    'post /v1/audit/erasures',
    'post /v1/audit/holds',
    'post /v1/audit/holds/{id}/release',
    'post /v1/backchannel-logout',
    'post /v1/grants',
    'post /v1/people/restore',
    'post /v1/people/revoke',
    'post /v1/sessions/kill',
    'post /v1/sessions/{id}/kill',
    'post /v1/standing-approvals',
    'post /v1/token',
    'post /v1/tokens',
    'post /v1/tokens/{token}/revoke',
    'post /v1/tokens/{token}/rotate',
  ])
})

test('each operation has a name of its own, a summary, answers with schemas, and its path’s parameters', async () => {
  const { paths } = await openApi()
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })),
  )
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
  for (const { path, operation } of operations) {
    expect(operation.summary, path).toMatch(/\.$/)
    for (const [status, { description, content }] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^([1-5]\d\d|default)$/)
      expect(description, `${path} ${status}`).not.toBe('')
      expect(Object.keys(content ?? {}), `${path} ${status}`).toHaveLength(1)
    }
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    expect(declared).toEqual(inPath)
  }
})

test('every schema of requests and answers can be compiled', async () => {
  const eager = createApp(world.deps, {})
  await eager.ready()
  await eager.close()
})

test('every reference in the document leads somewhere, and every schema is used', async () => {
  const document = await openApi()
  const references = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target))
  const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
  expect([...references].toSorted()).toEqual(names.toSorted())
})

test('what the document calls public is what answers without a login', async () => {
  const { paths } = await openApi()
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { security }] of Object.entries(methods)) {
      const asked = await world.ask(undefined, path.replace('{id}', 'x'), { method: method.toUpperCase() as 'GET' })
      expect([path, asked.status === 401]).toEqual([path, security === undefined])
    }
  }
})
