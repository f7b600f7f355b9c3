import { HoopError } from '../../../lib/errors.js'
import { UpstreamRefusal } from '../server-words.js'
import type { UpstreamTarget } from '../target.js'

/** Class 28 is about the credential; what is wrong with a client certificate, TLS says before the server can. */
const isAboutCredential = (error: unknown): boolean => {
  if (!(error instanceof HoopError)) return false
  if (error.code === 'UPSTREAM_TLS') return true
  const { cause } = error
  const sqlstate =
    cause instanceof UpstreamRefusal ? cause.fields['C'] : (cause as { code?: unknown } | undefined)?.code
  return error.code === 'UPSTREAM_LOGIN' && typeof sqlstate === 'string' && sqlstate.startsWith('28')
}

/**
 * Logs in, and once more where the server refuses a remembered secret and reading that anew gives another one: it was
 * rotated. Whoever comes meanwhile shares that reading.
 * @throws what the last attempt threw
 */
export const withRenewal = async <T>(target: UpstreamTarget, attempt: () => Promise<T>): Promise<T> => {
  const before = target.remembered?.version()
  try {
    return await attempt()
  } catch (error) {
    if (before === undefined || !isAboutCredential(error) || !(await target.remembered?.renew(before))) throw error
    return attempt()
  }
}
