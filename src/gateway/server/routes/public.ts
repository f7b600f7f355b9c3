import type { GatewayInfo } from '../../../lib/api.js'
import type { App } from '../http/instance.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

const open = { isPublic: true }

const readinessQuery = {
  type: 'object',
  properties: { for: { enum: ['grants', 'logins'], description: 'What the status tells; grants unless said.' } },
}

/** What needs no login: how to log in, and whether the gateway lives and is ready. */
export const publicRoutes = (app: App, deps: HttpDeps): void => {
  app.get(
    '/v1/gateway',
    {
      config: { ...open, limit: 'login' },
      schema: schemaOf({
        ...open,
        id: 'getGateway',
        summary: 'What a client needs before it has logged in.',
        answers: { 200: 'Gateway' },
      }),
    },
    (): GatewayInfo => {
      const { issuer, clientId, scopes } = deps.config()
      const time = new Date().toISOString()
      return { version: deps.version, tunnel: 'hoop-pg/1', issuer, clientId, scopes, time }
    },
  )

  for (const [path, id] of [
    ['/livez', 'getLiveness'],
    ['/healthz', 'getHealth'],
  ] as const)
    app.get(
      path,
      {
        config: open,
        schema: schemaOf({ ...open, id, summary: 'The process lives.', answers: { 200: 'Health' } }),
      },
      () => ({ live: true }),
    )

  app.get<{ Querystring: { for?: 'grants' | 'logins' } }>(
    '/readyz',
    {
      config: open,
      schema: schemaOf({
        ...open,
        id: 'getReadiness',
        summary: 'Whether who holds a grant can open sessions, or who has none can get one, and what is in the way.',
        answers: { 200: 'Readiness', 503: 'Readiness' },
        more: { querystring: readinessQuery },
      }),
    },
    async ({ query }, reply) => {
      const state = await deps.ready()
      return reply.code(state[query.for ?? 'grants'] ? 200 : 503).send(state)
    },
  )

  app.get(
    '/v1/openapi.json',
    {
      config: open,
      schema: schemaOf({
        ...open,
        id: 'getOpenApi',
        summary: 'This document.',
        answers: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
      }),
    },
    () => app.swagger(),
  )
}
