import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ScimError } from '../../../../identity/scim/error.js'
import { urn } from '../../../../identity/scim/schema.js'
import { asHoopError, HoopError } from '../../../../lib/errors.js'
import { forClients } from '../../../../lib/readers.js'
import { RateLimited } from '../../admission/rate-limits.js'

export const scimJson = 'application/scim+json; charset=utf-8'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Whether a request carries the directory's secret (RFC 6750, section 2.1). The time that it takes tells nothing of the
 * secret, its length neither.
 * @throws {HoopError} TOKEN_INVALID
 */
export const assertBearer = (authorization: string | undefined, secret: string): void => {
  const [, token] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? []
  if (token === undefined || !timingSafeEqual(digest(token), digest(secret)))
    throw new HoopError('TOKEN_INVALID', 'SCIM takes the bearer token of identity.scim', {
      hint: 'Give the directory the token that identity.scim names.',
    })
}

const asScim = (
  error: FastifyError | HoopError | ScimError,
): { status: number; detail: string; scimType?: string | undefined } => {
  if (error instanceof ScimError) return { status: error.status, detail: error.message, scimType: error.scimType }
  if (error instanceof HoopError) return { status: error.http, detail: forClients(error).message }
  const { statusCode = 500, message } = error
  // What can't be read as JSON, or is too large, or of another type, is the client's doing.
  if (statusCode < 400 || statusCode >= 500) return { status: 500, detail: new HoopError('INTERNAL').message }
  return { status: statusCode, detail: message, ...(statusCode === 400 && { scimType: 'invalidSyntax' }) }
}

/** @see RFC 7644, section 3.12 */
export const onScimError = (
  error: FastifyError | HoopError | ScimError,
  request: FastifyRequest,
  reply: FastifyReply,
): void => {
  const { status, detail, scimType } = asScim(error)
  if (status >= 500) request.log.error({ err: error }, 'request failed')
  request.failure =
    error instanceof ScimError ? new HoopError('REQUEST_INVALID', detail) : asHoopError(error, 'REQUEST_INVALID')
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="hoop"')
  if (error instanceof RateLimited) void reply.header('retry-after', error.retryAfter)
  void reply
    .code(status)
    .type(scimJson)
    .send(JSON.stringify({ schemas: [urn.error], status: String(status), ...(scimType && { scimType }), detail }))
}
