import type { FastifyContextConfig, FastifyRequest } from 'fastify'
import { accountOf } from '../../../identity/account.js'
import { signedRequest } from '../../../identity/authenticator.js'
import type { Principal } from '../../../identity/types.js'
import { HoopError } from '../../../lib/errors.js'
import type { Limited } from '../admission/rate-limits.js'
import type { App } from './instance.js'
import type { HttpDeps } from './deps.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anybody may ask. Whatever doesn't say so needs a login. */
    isPublic?: boolean
    /** Service tokens may ask, too. Whatever doesn't say so is for people. */
    forTokens?: boolean
    /** How often is limited by address, and where a login is demanded by person. */
    limit?: Limited
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

/** Every route but the public ones demands a token and a proof, before a body is read; and nobody may ask too often. */
export const demandLogin = (app: App, deps: HttpDeps): void => {
  app.decorateRequest('principal', null)
  app.decorateRequest('failure', null)
  app.addHook('onRequest', async (request) => {
    const { isPublic, forTokens, limit }: FastifyContextConfig = request.routeOptions.config
    const { rates } = deps
    const address = deps.address(request.raw)
    if (limit) rates.address(limit, address)
    if (request.is404 || isPublic === true) return
    const principal = await rates.login(address, () => deps.principal(signedRequest(request.raw, address)))
    request.principal = principal
    rates.person('login', accountOf(principal))
    if (limit) rates.person(limit, accountOf(principal))
    if (principal.owner && forTokens !== true)
      throw new HoopError('TOKEN_SCOPE', 'it opens connections, and nothing else')
    await deps.seen(principal)
  })
}
