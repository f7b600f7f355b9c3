import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { HoopError } from '../../lib/errors.js'
import { frame } from '../../wire/frontend.js'
import { Backend, Frontend } from '../../wire/tags.js'

/** Longest PasswordMessage accepted, bytes. */
const most = 1_000

/** A password for one run, made of letters and digits so that it needs no escaping in a URL. */
export const newLocalPassword = (): string => randomBytes(24).toString('hex')

/** AuthenticationCleartextPassword: it crosses loopback only. */
const askForPassword = (): Buffer => frame(Backend.Authentication, Buffer.from([0, 0, 0, 3]))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Asks the client for the password that was shown with the port.
 * @param rest bytes that came behind the StartupMessage
 * @returns bytes that came behind the password
 * @throws {HoopError} ACCESS_DENIED, FRAME_INVALID
 * @see PostgreSQL documentation, "Message Flow: Start-up", AuthenticationCleartextPassword
 */
export async function checkPassword(
  socket: Socket,
  rest: Buffer,
  password: string,
  read: () => Promise<Buffer>,
): Promise<Buffer> {
  socket.write(askForPassword())
  let held = rest
  for (;;) {
    if (held.length > 0 && held[0] !== Frontend.Password)
      throw new HoopError('FRAME_INVALID', 'a password was expected')
    const length = held.length >= 5 ? held.readInt32BE(1) : undefined
    if (length !== undefined && (length < 5 || length > most)) throw new HoopError('FRAME_LENGTH', String(length))
    if (length !== undefined && held.length > length) {
      const given = held.toString('utf8', 5, length)
      if (timingSafeEqual(digest(given), digest(password))) return held.subarray(1 + length)
      throw new HoopError('ACCESS_DENIED', 'the password is not the one shown by hoop connect', {
        hint: 'Use the address that hoop connect printed, or set PGPASSWORD.',
      })
    }
    held = Buffer.concat([held, await read()])
  }
}
