import { randomUUID } from 'node:crypto'
import type { Server } from 'node:https'
import swagger from '@fastify/swagger'
import fastify, { type FastifyBaseLogger } from 'fastify'
import { demandLogin } from './authentication.js'
import type { App } from './instance.js'
import type { HttpDeps } from './deps.js'
import { enterRequests } from './in-ledger.js'
import { lazyCompilers } from './lazy-schemas.js'
import { onError, onNotFound } from './errors.js'
import { logRequests, secretPaths } from './request-log.js'
import { accessRoutes } from '../routes/access.js'
import { actRoutes } from '../routes/acts.js'
import { approvalRoutes } from '../routes/approvals.js'
import { auditRoutes } from '../routes/audit.js'
import { backchannelLogout } from '../routes/backchannel-logout.js'
import { erasureRoutes } from '../routes/erasures.js'
import { holdRoutes } from '../routes/holds.js'
import { killRoutes } from '../routes/kill.js'
import { peopleRoutes } from '../routes/people.js'
import { personRoutes } from '../routes/person.js'
import { publicRoutes } from '../routes/public.js'
import { quarantineRoutes } from '../routes/quarantine.js'
import { scimRoutes } from '../routes/scim/routes.js'
import { followingRoutes } from '../routes/following.js'
import { sessionRoutes } from '../routes/sessions.js'
import { statementRoutes } from '../routes/statements.js'
import { standingApprovalRoutes } from '../routes/standing-approvals.js'
import { serviceTokenRoutes } from '../routes/service-tokens.js'
import { tokenRoutes } from '../routes/token.js'
import { webRoutes } from '../routes/web/routes.js'
import { usageRoutes } from '../routes/usage.js'
import { schemas } from './schemas/schemas.js'
import { createHttpsServer, onClientError } from './server.js'

const openApi = (version: string) => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'hoop gateway',
      version,
      description: 'Requests carry an OIDC ID token, or a service token, and a DPoP proof (RFC 9449).',
    },
    components: {
      securitySchemes: {
        token: {
          type: 'http' as const,
          scheme: 'DPoP',
          description: 'Authorization: DPoP <ID token, service token or token of a workload>',
        },
        proof: { type: 'apiKey' as const, in: 'header' as const, name: 'DPoP' },
      },
    },
    security: [{ token: [], proof: [] }],
  },
  refResolver: { buildLocalReference: (json: { $id?: unknown }) => String(json.$id) },
})

/**
 * The gateway's HTTP API on an HTTPS server of its own, not yet listening. `app.server` is that server: streams join
 * it by its `upgrade` event, and a new certificate by `setSecureContext`.
 * @param compilersFactory of the schemas of requests and answers
 */
export const createApp = (deps: HttpDeps, compilersFactory = lazyCompilers): App => {
  const log: FastifyBaseLogger = deps.log.child({}, { redact: secretPaths })
  const app: App = fastify<Server>({
    serverFactory: (handler) => createHttpsServer(deps.tls, deps.limits, handler),
    loggerInstance: log,
    clientErrorHandler: onClientError,
    frameworkErrors: onError,
    logController: new fastify.LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    bodyLimit: deps.limits.body_size,
    schemaController: { compilersFactory },
    ajv: { customOptions: { removeAdditional: false } },
  })
  app.setErrorHandler(onError)
  app.setNotFoundHandler(onNotFound)
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
  })
  logRequests(app, deps.address)
  demandLogin(app, deps)
  enterRequests(app, deps)
  for (const schema of schemas()) app.addSchema(schema)
  void app.register(swagger, openApi(deps.version))
  void app.register(async (scope) => {
    for (const routes of [
      ...[approvalRoutes, standingApprovalRoutes, quarantineRoutes, serviceTokenRoutes],
      ...[backchannelLogout, scimRoutes, webRoutes, auditRoutes, holdRoutes, erasureRoutes],
    ])
      routes(scope as App, deps)
    for (const routes of [
      publicRoutes,
      personRoutes,
      sessionRoutes,
      followingRoutes,
      statementRoutes,
      usageRoutes,
      killRoutes,
      peopleRoutes,
      actRoutes,
      accessRoutes,
    ])
      routes(scope as App, deps)
  })
  // OAuth has forms and errors of its own.
  void app.register(async (scope) => tokenRoutes(scope as App, deps))
  return app
}
