import { z } from 'zod'
import { maskSpec } from '../../../masking/registry.js'
import { checkDetect, detectKeys, withDetect } from './detect.js'
import { columnName } from './names.js'

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
