import { z } from 'zod'
import { columnName } from './names.js'

const level = z.enum(['allow', 'equality', 'deny'])

/** What conditions, groups and orders may do with masked columns, and with some of them. */
export const predicates = z
  .strictObject({ default: level.default('equality'), columns: z.record(columnName, level).default({}) })
  .prefault({})
