import { z } from 'zod'
import { accessEntry } from '../policy/access.js'
import { secretSpec } from './secret.js'
import { sessionTimes } from './session-times.js'
import { upstreamUrl } from './upstream-url.js'

const names = z.array(z.string().min(1)).min(1)

/** `none` would mean the login itself. PostgreSQL cuts names at 63 bytes, and a null byte would end it in a startup packet. */
const roleName = z
  .string()
  .refine(
    (name) => name !== '' && name.toLowerCase() !== 'none' && Buffer.byteLength(name) < 64 && !/\p{Cc}/u.test(name),
    'the name of a role in the database, without control characters',
  )

/** Names of JavaScript objects that are whole numbers come before all others, the smallest first. */
const isMoved = (key: string): boolean => /^(?:0|[1-9]\d*)$/.test(key)

/** The first group counts: one whose place among the others is lost can't be one of several. */
const roleGroups = z.record(z.string().min(1), roleName).superRefine((groups, context) => {
  const keys = Object.keys(groups)
  for (const key of keys.length > 1 ? keys.filter(isMoved) : [])
    context.addIssue({
      code: 'custom',
      path: [key],
      input: key,
      message:
        'a group whose name has more than digits, since the order of such names is lost: name it anew at the provider, or let it stand alone',
    })
})

/** As which role sessions go on behind the login: that of the first group, in order, that a person is in, or the default. */
const role = z.strictObject({
  default: roleName,
  groups: roleGroups.default({}),
})

const count = z.number().int().min(1).max(100_000).optional()

/** Live sessions on one connection, of everybody and of one person, and how long they may last. */
const limits = z.strictObject({ sessions: count, sessions_per_person: count, ...sessionTimes })

/** One database server that people may reach, and who gets which policy: the first entry that fits a person holds. */
export const connectionSection = z
  .strictObject({
    description: z.string().max(200).optional(),
    url: upstreamUrl,
    password: secretSpec.optional(),
    /** A client certificate, its chain and its private key together in PEM; in place of sslcert and sslkey in the url. */
    client_certificate: secretSpec.optional(),
    databases: names.optional(),
    access: z.array(accessEntry),
    role: role.optional(),
    function_calls: z.boolean().default(false),
    limits: limits.prefault({}),
  })
  .refine(
    (connection) => connection.url.database !== undefined || connection.databases !== undefined,
    'a database, in the url or under databases',
  )
  .refine(
    (connection) => connection.client_certificate === undefined || connection.url.sslcert === undefined,
    'client_certificate, or sslcert and sslkey in the url',
  )

export type ConnectionConfig = z.output<typeof connectionSection>
