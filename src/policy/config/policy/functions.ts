import { z } from 'zod'
import { functionName } from './names.js'

const qualified = functionName.regex(/^[^.*]+\.[^.*]+$/, 'schema.function, spelled as in the catalog')

/** What the gateway is told of functions that it can't read. */
export const functions = z.strictObject({ pure: z.array(qualified).default([]) }).prefault({})
