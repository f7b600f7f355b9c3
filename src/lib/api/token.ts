import type { ApiError } from '../api.js'

/** `POST /v1/token` answer. @see RFC 8693, section 2.2.1; RFC 9449, section 5 */
export interface TokenAnswer {
  /** Takes the place of the ID token, with proofs by the key that proved this request. */
  readonly access_token: string
  readonly issued_token_type: string
  readonly token_type: 'DPoP'
  /** Seconds. */
  readonly expires_in: number
}

/** Why none was given. @see RFC 6749, section 5.2; RFC 8693, section 2.2.2 */
export interface TokenError extends ApiError {
  readonly error:
    | 'invalid_request'
    | 'invalid_grant'
    | 'invalid_target'
    | 'unsupported_grant_type'
    | 'invalid_dpop_proof'
    | 'temporarily_unavailable'
  readonly error_description: string
}
