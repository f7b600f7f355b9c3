import { webcrypto } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// tsyringe inside @peculiar/x509 wants the decorator metadata API to be there, and needs nothing of it.
Object.assign(Reflect, {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  defineMetadata: () => undefined,
})
const x509 = await import('@peculiar/x509')

export interface CertificateFiles {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

export interface CertificateOptions {
  /** Names and addresses; the first is the common name. */
  readonly names?: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** Prefix of the file names. */
  readonly prefix?: string
  /** Of both keys; ECDSA over P-256 unless said otherwise. */
  readonly keys?: 'ECDSA' | 'Ed25519'
}

const algorithms = {
  ECDSA: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519', namedCurve: 'Ed25519', hash: 'SHA-512' },
}
const hour = 3_600_000

const pem = (label: string, der: ArrayBuffer) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?!$)/g, '$&\n')}\n-----END ${label}-----\n`

const alternative = (name: string): { type: 'ip' | 'dns'; value: string } =>
  /^[\d.]+$|:/.test(name) ? { type: 'ip', value: name } : { type: 'dns', value: name }

/** Makes a CA and a server certificate signed by it, and writes both with the key (mode 0600) into a folder. */
export const makeCertificates = async (
  folder: string,
  {
    names = ['localhost', '127.0.0.1', '::1'],
    notBefore = new Date(Date.now() - hour),
    notAfter = new Date(Date.now() + 48 * hour),
    prefix = '',
    keys: kind = 'ECDSA',
  }: CertificateOptions = {},
): Promise<CertificateFiles> => {
  x509.cryptoProvider.set(webcrypto)
  const algorithm = algorithms[kind]
  const caKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=hoop test CA',
    notBefore,
    notAfter,
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  })
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: ca.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.SubjectAlternativeNameExtension(names.map(alternative)),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
    ],
  })
  const files = {
    caFile: join(folder, `${prefix}ca.pem`),
    certFile: join(folder, `${prefix}cert.pem`),
    keyFile: join(folder, `${prefix}key.pem`),
  }
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  await writeFile(files.caFile, `${ca.toString('pem')}\n`)
  await writeFile(files.certFile, `${certificate.toString('pem')}\n`)
  await writeFile(files.keyFile, pem('PRIVATE KEY', key), { mode: 0o600 })
  return files
}
