import { z } from 'zod'
import { secretSpec } from './secret.js'

/** A null byte would end it in a startup packet; what PostgreSQL cuts at 63 bytes would be another role than is written here. */
const user = z
  .string()
  .refine(
    (name) => name !== '' && Buffer.byteLength(name) < 64 && !/\p{Cc}/u.test(name),
    'the name of a role in the database, without control characters',
  )

/**
 * A login of an entry's own, in place of the connection's: its people are another role to the server. Nothing of the
 * connection's own secrets goes with it.
 */
export const entryLogin = z
  .strictObject({
    user,
    password: secretSpec.optional(),
    /** A client certificate, its chain and its private key together in PEM. */
    client_certificate: secretSpec.optional(),
  })
  .refine(
    ({ password, client_certificate: certificate }) => (password ?? certificate) !== undefined,
    'password, client_certificate or both: a login of its own has secrets of its own',
  )

export type EntryLogin = z.output<typeof entryLogin>
