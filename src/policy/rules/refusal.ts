import { HoopError } from '../../lib/errors.js'
import type { RuleConfig } from '../config/schema.js'

/** What the person is told. */
export const refusalBy = ({ name, message, hint }: RuleConfig): HoopError =>
  new HoopError('STATEMENT_BLOCKED', message ?? `rule ${name}`, {
    detail: `The rule is ${name}.`,
    ...(hint !== undefined && { hint }),
  })
