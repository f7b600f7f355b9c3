import type { FastifyContextConfig, FastifyRequest } from 'fastify'
import { signedRequest } from '../../identity/authenticator.js'
import type { Principal } from '../../identity/types.js'
import { HoopError } from '../../lib/errors.js'
import type { App } from './app.js'
import type { HttpDeps } from './deps.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anybody may ask. Whatever doesn't say so needs a login. */
    isPublic?: boolean
  }
  interface FastifyRequest {
    principal: Principal | null
    /** What the client was told, for the log. */
    failure: HoopError | null
  }
}

/** @throws {HoopError} NOT_LOGGED_IN on a route that is public, which would be a defect of ours */
export const principalOf = ({ principal }: Pick<FastifyRequest, 'principal'>): Principal => {
  if (!principal) throw new HoopError('NOT_LOGGED_IN')
  return principal
}

/** Every route but the public ones demands a token and a proof, before a body is read. */
export const demandLogin = (app: App, deps: HttpDeps): void => {
  app.decorateRequest('principal', null)
  app.decorateRequest('failure', null)
  app.addHook('onRequest', async (request) => {
    const config: FastifyContextConfig = request.routeOptions.config
    if (request.is404 || config.isPublic === true) return
    request.principal = await deps.principal(signedRequest(request.raw))
    deps.seen(request.principal)
  })
}
