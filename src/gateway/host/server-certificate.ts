import { readFileSync } from 'node:fs'
import { unreadable } from '../../lib/unreadable.js'
import { assertPair, type CertificateFacts, inspectCertificate } from './inspect.js'

/** Warn this long before the end, milliseconds. */
const expiryWarning = 14 * 86_400_000

export interface ServerCertificate {
  readonly context: { readonly cert: Buffer; readonly key: Buffer }
  readonly facts: CertificateFacts
}

const read = (path: string, what: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw unreadable(`the ${what} ${path}`, cause, {
      code: 'CONFIG_INVALID',
      about: `the ${what} ${path} is not there`,
      hint: 'Put it there, or name another under gateway.tls.',
    })
  }
}

/**
 * The gateway's certificate and key, checked against each other.
 * @throws {HoopError} FILE_UNREADABLE; CONFIG_INVALID where a file is missing, is none, or the two don't belong together
 */
export const loadServerCertificate = (paths: { readonly cert: string; readonly key: string }): ServerCertificate => {
  const cert = read(paths.cert, 'certificate')
  const key = read(paths.key, 'private key')
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
