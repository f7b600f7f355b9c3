import type { ApiError } from '../../lib/api.js'
import { catalogue, type ErrorCode, HoopError } from '../../lib/errors.js'

/** Codes that a newer gateway has and this hoop doesn't, by HTTP status: what decides the exit status. */
const nearest: Readonly<Record<number, ErrorCode>> = {
  401: 'TOKEN_INVALID',
  403: 'ACCESS_DENIED',
  404: 'NOT_FOUND',
  408: 'REQUEST_TIMEOUT',
  426: 'GATEWAY_VERSION',
  429: 'RATE_LIMITED',
  503: 'GATEWAY_DRAINING',
}

/** What the gateway answered, in its own words. */
export class RemoteError extends HoopError {
  /** The gateway's code, where the catalogue here doesn't have it. */
  readonly foreignCode: string | undefined

  constructor({ code, message, hint, detail }: ApiError, status: number) {
    const known = Object.hasOwn(catalogue, code)
    super(known ? (code as ErrorCode) : (nearest[status] ?? (status < 500 ? 'REQUEST_INVALID' : 'INTERNAL')), '', {
      hint,
      ...(detail !== undefined && { detail }),
    })
    this.message = known ? message : `${message} (${code})`
    this.foreignCode = known ? undefined : code
  }
}

/** The error of an answer whose status isn't 2xx; a body of something else (a proxy's page) is not repeated. */
export function remoteError(url: URL, status: number, body: string): HoopError {
  try {
    const { code, message, hint, detail } = JSON.parse(body) as Partial<ApiError>
    if (typeof code === 'string' && typeof message === 'string')
      return new RemoteError({ code, message, hint: hint ?? '', ...(detail !== undefined && { detail }) }, status)
  } catch {
    // not JSON: not the gateway's own words
  }
  return new HoopError('GATEWAY_UNREACHABLE', `${url.host} answered ${status}, and not as a hoop gateway does`, {
    hint: 'Check the address, and what a proxy on the way allows.',
  })
}
