import { HoopError } from '../../lib/errors.js'
import type { RuleConfig } from '../config/schema.js'
import { conditionsPhrase } from './asked.js'

/** What the person is told. */
export const refusalBy = ({ name, when, message, hint }: RuleConfig): HoopError =>
  new HoopError('STATEMENT_BLOCKED', message ?? `rule ${name} (${conditionsPhrase(when)})`, {
    detail: `The rule is ${name}.`,
    ...(hint !== undefined && { hint }),
  })
