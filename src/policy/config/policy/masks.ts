import { z } from 'zod'
import { parseJsonPath } from '../../../masking/values/json-path.js'
import { checkDetect, detectKeys, withDetect } from './detect.js'
import { columnName } from './names.js'

const characters = z.number().int().min(1).max(1000)

const width = z
  .number()
  .refine((width) => width > 0, 'a number over 0')
  .meta({ exclusiveMinimum: 0 })

const words = ['redact', 'null', 'email', 'hash', 'fake'] as const
const fakes = ['name', 'first_name', 'last_name', 'email', 'phone', 'company', 'city', 'address', 'uuid'] as const

// `with: null` in YAML is the null value, and means the mask of that name.
const nothing = z.null().transform(() => 'null' as const)

/** Masks that take something to go by. */
const detailed = [
  z.strictObject({ keep_first: characters }),
  z.strictObject({ keep_last: characters }),
  z.strictObject({ hash: z.strictObject({ version: z.number().int().min(1).max(1_000_000) }) }),
  z.strictObject({ bucket: width }),
  z.strictObject({ date: z.enum(['year', 'month']) }),
  z.strictObject({ fake: z.enum(fakes) }),
] as const

const details =
  '{ keep_first: n }, { keep_last: n }, { hash: { version: n } }, { bucket: n }, { date: year or month }, { fake: … }'

const jsonPath = z
  .string()
  .refine((path) => parseJsonPath(path) !== undefined, 'a path such as $.customer.email, $.items[*].ssn or $..ssn')

const inJson = z.union([z.enum(words), nothing, ...detailed], { error: `${words.join(', ')}, ${details}` })

const json = z
  .record(jsonPath, inJson)
  .refine((paths) => Object.keys(paths).length > 0, 'at least one path and its mask')

const maskSpec = z.union([z.enum([...words, 'vector']), nothing, ...detailed, z.strictObject({ json })], {
  error: `${words.join(', ')}, vector, ${details} or { json: { path: mask } }`,
})

/** What hides one column or several, or what is detected in all others. */
export const mask = z
  .strictObject({
    columns: z.array(columnName).min(1).optional(),
    with: maskSpec.optional(),
    /** Whether a value is there at all can be hidden too, where the type has a value to put for NULL. */
    nulls: z.enum(['keep', 'hide']).optional(),
    ...detectKeys,
  })
  .superRefine(checkDetect)
  .transform(withDetect)
