import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError } from '../../../lib/api.js'
import { HoopError } from '../../../lib/errors.js'
import { forClients } from '../../../lib/readers.js'
import { RateLimited } from '../admission/rate-limits.js'

export const apiError = ({ code, message, hint, detail }: HoopError): ApiError => ({
  code,
  message,
  hint,
  ...(detail !== undefined && { detail }),
})

/** Fastify's own errors that are the client's doing. */
const known: Partial<Record<string, (error: FastifyError) => HoopError>> = {
  FST_ERR_VALIDATION: ({ message }) => new HoopError('REQUEST_INVALID', message),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new HoopError('REQUEST_TOO_LARGE'),
}

const isClients = ({ statusCode = 500 }: FastifyError) => statusCode >= 400 && statusCode < 500

/** What the client is told. Of a defect it learns nothing but that there is one: the log has the rest. */
const translated = (error: FastifyError | HoopError): HoopError => {
  if (error instanceof HoopError) return error
  const translate = known[error.code]
  if (translate) return translate(error)
  return isClients(error) ? new HoopError('REQUEST_INVALID', error.message) : new HoopError('INTERNAL')
}

/** RFC 9449, section 7.1: what to send, and what was wrong with it. */
const challenge = ({ code }: HoopError): string => {
  const error = code.startsWith('PROOF') || code === 'CLOCK_SKEW' ? 'invalid_dpop_proof' : 'invalid_token'
  return `DPoP algs="ES256 EdDSA"${code === 'NOT_LOGGED_IN' ? '' : `, error="${error}"`}`
}

export const answerFor = (error: FastifyError | HoopError): HoopError => forClients(translated(error))

/** What the request's line in the log says of it. */
export const logFailure = (error: Error, answer: HoopError, request: FastifyRequest): void => {
  if (answer.http >= 500) request.log.error({ err: error }, 'request failed')
  request.failure = answer
}

export const onError = (error: FastifyError | HoopError, request: FastifyRequest, reply: FastifyReply): void => {
  const answer = answerFor(error)
  logFailure(error, answer, request)
  if (answer.http === 401) void reply.header('www-authenticate', challenge(answer))
  if (answer instanceof RateLimited) void reply.header('retry-after', answer.retryAfter)
  void reply.code(answer.http).type('application/json').send(apiError(answer))
}

export const onNotFound = (request: FastifyRequest, reply: FastifyReply): void =>
  onError(
    new HoopError('NOT_FOUND', 'the gateway has no such address', {
      hint: 'Install the version of hoop that the gateway runs.',
    }),
    request,
    reply,
  )
