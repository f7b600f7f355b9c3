import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { HoopError } from '../../lib/errors.js'
import { unreadable } from '../../lib/unreadable.js'
import { whyTooOpen } from '../../policy/config/secrets/file.js'
import { assertPair, type CertificateFacts, inspectCertificate } from './inspect.js'

/** Warn this long before the end, milliseconds. */
const expiryWarning = 14 * 86_400_000

export interface ServerCertificate {
  readonly context: { readonly cert: Buffer; readonly key: Buffer }
  readonly facts: CertificateFacts
}

/** @param look at the very file that is read, by its open descriptor */
const read = (path: string, what: string, look: (found: Stats) => void = () => undefined): Buffer => {
  try {
    const file = openSync(path, 'r')
    try {
      look(fstatSync(file))
      return readFileSync(file)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    if (cause instanceof HoopError) throw cause
    throw unreadable(`the ${what} ${path}`, cause, {
      code: 'CONFIG_INVALID',
      about: `the ${what} ${path} is not there`,
      hint: 'Put it there, or name another under gateway.tls.',
    })
  }
}

/** The key is a secret as those of `hoop.yaml` are: the same modes are taken, which are libpq's. */
const assertPrivate =
  (path: string) =>
  (found: Stats): void => {
    // Reading it says what is wrong.
    if (found.isDirectory()) return
    const why = whyTooOpen(`the private key ${path}`, found)
    if (why !== undefined) throw new HoopError('CONFIG_INVALID', why, { hint: `Run: chmod 600 ${path}` })
  }

/**
 * The gateway's certificate and key, checked against each other.
 * @throws {HoopError} FILE_UNREADABLE; CONFIG_INVALID where a file is missing, is none, the two don't belong together, or others can
 * read the key
 */
export const loadServerCertificate = (paths: { readonly cert: string; readonly key: string }): ServerCertificate => {
  const cert = read(paths.cert, 'certificate')
  const key = read(paths.key, 'private key', assertPrivate(paths.key))
  assertPair(cert, key)
  return { context: { cert, key }, facts: inspectCertificate(cert) }
}

/** What to warn an operator of, if anything: a certificate that has ended, or is about to. */
export const expiryConcern = (
  { from, until }: Pick<CertificateFacts, 'from' | 'until'>,
  now = Date.now(),
): { readonly expired: boolean; readonly what: string } | undefined => {
  const date = (day: Date) => day.toISOString().slice(0, 10)
  if (now < from.getTime()) return { expired: true, what: `the certificate is valid only from ${date(from)}` }
  if (now >= until.getTime()) return { expired: true, what: `the certificate expired on ${date(until)}` }
  const days = Math.floor((until.getTime() - now) / 86_400_000)
  if (until.getTime() - now >= expiryWarning) return undefined
  return {
    expired: false,
    what: `the certificate expires in ${days} ${days === 1 ? 'day' : 'days'}, on ${date(until)}`,
  }
}
