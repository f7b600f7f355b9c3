import type { GatewayInfo } from '../../../lib/api.js'
import type { App } from '../http/instance.js'
import type { HttpDeps } from '../http/deps.js'
import { readiness } from '../http/readiness.js'
import { schemaOf } from './schema-of.js'

const open = { isPublic: true }

/** What needs no login: how to log in, and whether the gateway lives. */
export const publicRoutes = (app: App, deps: HttpDeps): void => {
  const ready = readiness(deps)

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

  app.get(
    '/healthz',
    {
      config: open,
      schema: schemaOf({ ...open, id: 'getHealth', summary: 'The process lives.', answers: { 200: 'Health' } }),
    },
    () => ({ live: true }),
  )

  app.get(
    '/readyz',
    {
      config: open,
      schema: schemaOf({
        ...open,
        id: 'getReadiness',
        summary: 'Whether new sessions can begin, and which part is in the way.',
        answers: { 200: 'Readiness', 503: 'Readiness' },
      }),
    },
    async (_request, reply) => {
      const state = await ready()
      return reply.code(state.ready ? 200 : 503).send(state)
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
