import { type ErrorCode, HoopError } from '../../../lib/errors.js'

/** What Node and OpenSSL call it → code of the catalogue. @see openssl-verification-options(1), "Diagnostics" */
const byCode: Readonly<Record<string, ErrorCode>> = {
  CERT_HAS_EXPIRED: 'GATEWAY_CERTIFICATE_EXPIRED',
  CERT_NOT_YET_VALID: 'GATEWAY_UNTRUSTED',
  CERT_REVOKED: 'GATEWAY_UNTRUSTED',
  CERT_REJECTED: 'GATEWAY_UNTRUSTED',
  CERT_UNTRUSTED: 'GATEWAY_UNTRUSTED',
  CERT_SIGNATURE_FAILURE: 'GATEWAY_UNTRUSTED',
  CERT_CHAIN_TOO_LONG: 'GATEWAY_UNTRUSTED',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'GATEWAY_UNTRUSTED',
  SELF_SIGNED_CERT_IN_CHAIN: 'GATEWAY_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT: 'GATEWAY_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'GATEWAY_UNTRUSTED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'GATEWAY_UNTRUSTED',
  INVALID_CA: 'GATEWAY_UNTRUSTED',
  INVALID_PURPOSE: 'GATEWAY_UNTRUSTED',
  HOSTNAME_MISMATCH: 'GATEWAY_UNTRUSTED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'GATEWAY_UNTRUSTED',
}

/** Words for the usual ones; the rest keep Node's. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no network',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what listens there does not speak TLS',
  EPROTO: 'the TLS handshake failed',
  // Node's own words advise how to start Node, which is no help here.
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'no CA that is trusted here signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no CA that is trusted here signed it',
  SELF_SIGNED_CERT_IN_CHAIN: 'no CA that is trusted here signed it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  CERT_NOT_YET_VALID: 'it is not valid yet; check this machine’s clock',
}

/** Why a server can't be reached or trusted, as an error of the catalogue. */
export function reachError(url: URL, error: unknown, proxy?: URL): HoopError {
  if (error instanceof HoopError) return error
  const code = codeOf(error)
  const why = words[code] ?? (error instanceof Error ? error.message : String(error))
  const where = proxy ? `${url.host} through ${proxy.host}` : url.host
  return new HoopError(byCode[code] ?? 'GATEWAY_UNREACHABLE', `${where}: ${why}`, { cause: error })
}

/** Happy-eyeballs failures come as an AggregateError, fetch's as a cause. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (!(error instanceof Error)) return ''
  const { code } = error as NodeJS.ErrnoException
  return code ?? (error.cause === undefined ? '' : codeOf(error.cause))
}
