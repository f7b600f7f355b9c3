import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import './reflect.js'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its private key (PKCS #8), both PEM. */
export interface Issued {
  readonly cert: string
  readonly key: string
}

export interface Validity {
  /** Beginning; default: five minutes ago, for clients whose clocks are behind. */
  readonly from?: Date
  readonly days: number
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const authorityDays = 5 * 365
const serverDays = 365
const day = 86_400_000

const lifetime = ({ from, days }: Validity) => {
  const notBefore = from ?? new Date(Date.now() - 5 * 60_000)
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * day) }
}

/** 127 random bits: positive and never zero in DER (RFC 5280, section 4.1.2.2). */
const serial = (): string => {
  const bytes = webcrypto.getRandomValues(Buffer.alloc(16))
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes.toString('hex')
}

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const issued = async (cert: X509Certificate, keys: webcrypto.CryptoKeyPair): Promise<Issued> => ({
  cert: `${cert.toString('pem')}\n`,
  key: `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')}\n`,
})

/** A certificate authority of its own, for five years: it may sign servers and no further authority. */
export const makeAuthority = async (name: string, validity: Validity = { days: authorityDays }): Promise<Issued> => {
  const keys = await makeKeys()
  const cert = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [name] }],
    ...lifetime(validity),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return issued(cert, keys)
}

/** A server certificate for host names and IP addresses, for one year. Clients look only at the alternative names. */
export const issueServer = async (
  authority: Issued,
  hosts: readonly string[],
  validity: Validity = { days: serverDays },
): Promise<Issued> => {
  const parent = new X509Certificate(authority.cert)
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ['sign'],
  )
  const keys = await makeKeys()
  const cert = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [{ CN: [hosts[0] ?? 'hoop'] }],
    issuer: parent.subject,
    ...lifetime(validity),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(parent),
    ],
  })
  return issued(cert, keys)
}
