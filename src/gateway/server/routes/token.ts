import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { signedRequest } from '../../../identity/authenticator.js'
import { InvalidTarget } from '../../../identity/workloads/exchange.js'
import type { TokenAnswer, TokenError } from '../../../lib/api/token.js'
import { type ErrorCode, HoopError } from '../../../lib/errors.js'
import { answerFor, apiError, logFailure } from '../http/errors.js'
import { readForms } from '../http/form.js'
import type { App } from '../http/instance.js'
import type { HttpDeps } from '../http/deps.js'
import { RateLimited } from '../admission/rate-limits.js'
import { schemaOf } from './schema-of.js'

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const jwt = 'urn:ietf:params:oauth:token-type:jwt'
const idToken = 'urn:ietf:params:oauth:token-type:id_token'

interface Form {
  readonly grant_type: string
  readonly subject_token: string
  readonly subject_token_type: string
  readonly audience?: string
}

const text = { type: 'string', minLength: 1, maxLength: 32_768 }

const body = {
  type: 'object',
  properties: {
    grant_type: { ...text, description: grantType },
    subject_token: { ...text, description: 'A token that a trusted issuer signed for this gateway.' },
    subject_token_type: { ...text, description: `${jwt} or ${idToken}` },
    audience: { ...text, description: 'The gateway’s URL, where it is said.' },
  },
  required: ['grant_type', 'subject_token', 'subject_token_type'],
}

const oauthErrors: Partial<Record<ErrorCode, TokenError['error']>> = {
  PROOF_INVALID: 'invalid_dpop_proof',
  PROOF_REPLAYED: 'invalid_dpop_proof',
  CLOCK_SKEW: 'invalid_dpop_proof',
  REQUEST_INVALID: 'invalid_request',
  REQUEST_TOO_LARGE: 'invalid_request',
}

/** What OAuth has another word for than for other invalid requests. */
class OAuthError extends HoopError {
  readonly oauth: TokenError['error']

  constructor(oauth: TokenError['error'], about: string, hint: string) {
    super('REQUEST_INVALID', about, { hint })
    this.oauth = oauth
  }
}

const oauthError = (error: HoopError): TokenError['error'] => {
  if (error instanceof OAuthError) return error.oauth
  if (error instanceof InvalidTarget) return 'invalid_target'
  const known = oauthErrors[error.code]
  return known ?? (error.http >= 500 || error.http === 429 ? 'temporarily_unavailable' : 'invalid_grant')
}

/** RFC 6749, section 5.2: status 400, `error` and `error_description`; beside them what every error of the API has. */
const onTokenError = (error: FastifyError | HoopError, request: FastifyRequest, reply: FastifyReply): void => {
  const answer = answerFor(error)
  logFailure(error, answer, request)
  if (answer instanceof RateLimited) void reply.header('retry-after', answer.retryAfter)
  const { code, message, hint, detail } = apiError(answer)
  const told: TokenError = {
    ...{ error: oauthError(answer), error_description: `${message}. ${hint}`.replace(/[^\x20-\x7e]/g, "'") },
    ...{ code, message, hint, ...(detail !== undefined && { detail }) },
  }
  const own = answer.http >= 500 || answer.http === 429
  void reply
    .code(own ? answer.http : 400)
    .type('application/json')
    .send(told)
}

/** Exchanges a workload's token of its platform for one of the gateway's (RFC 8693), bound to the key that proves it (RFC 9449). */
export const tokenRoutes = (app: App, deps: HttpDeps): void => {
  readForms(app)
  app.setErrorHandler(onTokenError)
  app.post<{ Body: Form }>(
    '/v1/token',
    {
      config: { isPublic: true, limit: 'login' },
      schema: {
        ...schemaOf({
          id: 'exchangeToken',
          summary: 'A gateway token for a workload’s own (RFC 8693), with a DPoP proof and no other credential.',
          isPublic: true,
          answers: { 200: 'Token', default: 'TokenError' },
          more: { body },
        }),
        consumes: ['application/x-www-form-urlencoded'],
      },
    },
    async (request): Promise<TokenAnswer> => {
      const { grant_type: type, subject_token: token, subject_token_type: kind, audience } = request.body
      if (type !== grantType)
        throw new OAuthError(
          'unsupported_grant_type',
          'this grant type is not supported',
          `Send grant_type=${grantType}.`,
        )
      if (kind !== jwt && kind !== idToken)
        throw new OAuthError(
          'invalid_request',
          'this type of token is not supported',
          `Send subject_token_type=${jwt}.`,
        )
      const prove = () => deps.exchange({ token, audience }, signedRequest(request.raw))
      const { token: issued, identity, expiresIn } = await deps.rates.login(deps.address(request.raw), prove)
      deps.rates.person('login', identity.subject)
      return { access_token: issued, issued_token_type: jwt, token_type: 'DPoP', expires_in: expiresIn }
    },
  )
}
