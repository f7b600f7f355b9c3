import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { asHoopError, HoopError } from '../../../lib/errors.js'
import { forClients } from '../../../lib/readers.js'
import { RateLimited } from '../admission/rate-limits.js'
import type { App } from '../http/instance.js'
import type { HttpDeps } from '../http/deps.js'
import { readForms } from '../http/form.js'
import { schemaOf } from './schema-of.js'

/** What a provider is told (section 2.8); the log has the rest. */
const refuse = (thrown: FastifyError | HoopError, request: FastifyRequest, reply: FastifyReply): void => {
  const isOurs = thrown instanceof HoopError || (thrown.statusCode ?? 500) >= 500
  const error = forClients(isOurs ? asHoopError(thrown) : new HoopError('REQUEST_INVALID', thrown.message))
  if (error.http >= 500) request.log.error({ err: thrown }, 'a logout failed')
  request.failure = error
  const isLimited = error instanceof RateLimited
  if (isLimited) void reply.header('retry-after', error.retryAfter)
  void reply
    .code(isLimited ? 429 : 400)
    .type('application/json')
    .send({
      error: error.http >= 500 ? 'temporarily_unavailable' : 'invalid_request',
      error_description: error.message,
    })
}

const answer = {
  description: 'Refused',
  type: 'object',
  properties: { error: { type: 'string' }, error_description: { type: 'string' } },
}

/**
 * Where the identity provider says that somebody has logged out. Anybody may ask: the token that it signs is what counts.
 * @see OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8
 */
export const backchannelLogout = (app: App, deps: HttpDeps): void => {
  void app.register(async (scope) => {
    readForms(scope as App)
    scope.setErrorHandler(refuse)
    scope.post<{ Body: { logout_token: string } }>(
      '/v1/backchannel-logout',
      {
        config: { isPublic: true },
        schema: {
          ...schemaOf({
            id: 'backchannelLogout',
            summary: 'The identity provider tells of a logout: sessions and grants of that login end.',
            isPublic: true,
            answers: {
              200: { description: 'Logged out', content: { 'text/plain': { schema: { type: 'string' } } } },
              400: answer,
              429: answer,
            },
            more: {
              body: {
                type: 'object',
                properties: { logout_token: { type: 'string', minLength: 1, maxLength: 16_384 } },
                required: ['logout_token'],
              },
            },
          }),
          consumes: ['application/x-www-form-urlencoded'],
        },
      },
      async (request, reply) => {
        // Only what is refused counts: when everybody is logged out at once, all of it comes from one address.
        await deps.rates.login(deps.address(request.raw), () => deps.logout(request.body.logout_token))
        return reply.code(200).send()
      },
    )
  })
}
