import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A name for a session: 9 characters of time (milliseconds, so that names sort by it) and 7 at random, in Crockford's
 * base 32. Short enough to stand in application_name, which PostgreSQL cuts at 63 bytes.
 */
export const newSessionId = (now = Date.now()): string => {
  let time = ''
  for (let rest = now, i = 0; i < 9; i++, rest = Math.floor(rest / 32)) time = alphabet[rest % 32]! + time
  return time + [...randomBytes(7)].map((byte) => alphabet[byte % 32]!).join('')
}
