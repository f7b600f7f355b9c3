import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { HoopError } from '../../lib/errors.js'

/** What a server certificate says that an operator must know. */
export interface CertificateFacts {
  readonly from: Date
  readonly until: Date
  /** `DNS:gateway.example.com`, `IP Address:192.0.2.1` */
  readonly names: readonly string[]
  readonly covers: (host: string) => boolean
}

const parse = (cert: string | Buffer): X509Certificate => {
  try {
    return new X509Certificate(cert)
  } catch (cause) {
    throw new HoopError('CONFIG_INVALID', 'the certificate file holds no PEM certificate', { cause })
  }
}

/** @throws {HoopError} CONFIG_INVALID where it is no certificate. Of a chain, the first is the server's. */
export const inspectCertificate = (cert: string | Buffer): CertificateFacts => {
  const parsed = parse(cert)
  return {
    from: parsed.validFromDate,
    until: parsed.validToDate,
    names: parsed.subjectAltName?.split(', ') ?? [],
    // Clients ignore the common name where they check names at all (RFC 9525, section 2).
    covers: (host) => (isIP(host) ? parsed.checkIP(host) : parsed.checkHost(host, { subject: 'never' })) !== undefined,
  }
}

/** @throws {HoopError} CONFIG_INVALID where the key is none, or belongs to another certificate. */
export const assertPair = (cert: string | Buffer, key: string | Buffer): void => {
  const parsed = parse(cert)
  let matches: boolean
  try {
    matches = parsed.checkPrivateKey(createPrivateKey(key))
  } catch (cause) {
    throw new HoopError('CONFIG_INVALID', 'the key file holds no PEM private key that can be read', { cause })
  }
  if (!matches) throw new HoopError('CONFIG_INVALID', 'the private key does not belong to the certificate')
}

/** A URL's host as certificates name it: without the brackets of an IPv6 address. */
export const hostOf = (url: string | URL): string => new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
