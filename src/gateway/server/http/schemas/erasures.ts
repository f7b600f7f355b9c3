import { z } from 'zod'
import type { Erased, EraseRequest } from '../../../../lib/api/erasures.js'
import { line, named } from './registry.js'

const text = z.string()
const count = z.int().nonnegative()

named<EraseRequest, z.ZodType<EraseRequest>>(
  'EraseRequest',
  z.strictObject({
    person: z.string().min(1).max(255).meta({ description: 'Subject, or name of one person in any case.' }),
    reason: line(500).regex(/\S/),
    dry: z.boolean().meta({ description: 'Say what would be erased, and erase nothing.' }).exactOptional(),
  }),
)
named<Erased, z.ZodType<Erased>>(
  'Erased',
  z.strictObject({
    person: z.strictObject({ subject: text, name: text }),
    act: count.meta({ description: 'Number of the act; absent where nothing was erased.' }).exactOptional(),
    sessions: count,
    held: count.meta({ description: 'That stay since they are on hold.' }),
    live: count.meta({ description: 'That stay since they go on.' }),
    differing: z
      .array(z.strictObject({ session: text, why: text }))
      .readonly()
      .meta({ description: 'That stay since their recording isn’t what the ledger has.' }),
  }),
)
