import { z } from 'zod'
import { type Act, acts } from '../../../../lib/api/acts.js'
import { named, time } from './registry.js'

const text = z.string()
const state = z.record(z.string(), z.unknown()).readonly()

export const act = named<Act, z.ZodType<Act>>(
  'Act',
  z.strictObject({
    number: z.int(),
    time,
    act: z.enum(Object.keys(acts) as [keyof typeof acts]),
    by: z.strictObject({ subject: text, name: text }),
    target: text.meta({ description: 'Id of what it was done to.' }),
    subject: text.meta({ description: 'Whom it concerns.' }).exactOptional(),
    reason: text.exactOptional(),
    before: state.exactOptional(),
    after: state.exactOptional(),
  }),
)
named('Acts', z.strictObject({ acts: z.array(act), cursor: text.exactOptional() }))
