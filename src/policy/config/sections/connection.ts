import { z } from 'zod'
import { accessEntry } from '../policy/access.js'
import { sessionTimes } from './session-times.js'
import { upstreamUrl } from './upstream-url.js'

const names = z.array(z.string().min(1)).min(1)

/** Where a secret lies. The value itself never stands in the file. */
const secretSpec = z.string().regex(/^(?:env:[A-Za-z_]\w*|file:.+)$/, 'env:NAME or file:PATH')

const count = z.number().int().min(1).max(100_000).optional()

/** Live sessions on one connection, of everybody and of one person, and how long they may last. */
const limits = z.strictObject({ sessions: count, sessions_per_person: count, ...sessionTimes })

/** One database server that people may reach, and who gets which policy: the first entry that fits a person holds. */
export const connectionSection = z
  .strictObject({
    description: z.string().max(200).optional(),
    url: upstreamUrl,
    password: secretSpec.optional(),
    databases: names.optional(),
    access: z.array(accessEntry),
    function_calls: z.boolean().default(false),
    limits: limits.prefault({}),
  })
  .refine(
    (connection) => connection.url.database !== undefined || connection.databases !== undefined,
    'a database, in the url or under databases',
  )

export type ConnectionConfig = z.output<typeof connectionSection>
