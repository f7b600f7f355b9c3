import { z } from 'zod'
import { columnName } from './names.js'

const characters = z.number().int().min(1).max(1000)

const words = ['redact', 'null', 'email', 'hash', 'vector'] as const

const maskSpec = z.union(
  [
    z.enum(words),
    // `with: null` in YAML is the null value, and means the mask of that name.
    z.null().transform(() => 'null' as const),
    z.strictObject({ keep_first: characters }),
    z.strictObject({ keep_last: characters }),
  ],
  { error: `${words.join(', ')}, { keep_first: n } or { keep_last: n }` },
)

/** What hides one column or several. */
export const mask = z.strictObject({ columns: z.array(columnName).min(1), with: maskSpec.optional() })
