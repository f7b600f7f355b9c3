import { policySection } from '../../../src/policy/config/sections/policy.js'
import type { Guard } from '../../../src/policy/decision.js'
import { PolicyGuard } from '../../../src/policy/guard.js'
import { initParser } from '../../../src/sql/parser.js'
import { askerOf } from '../../policy/asker.js'
import { rules } from '../parts/policy.js'
import type { Row } from '../report.js'
import { microRow, microseconds, type Timing } from './timing.js'

/** A guard with rules and no masks: masks need a catalog, and so a database. */
export const ruleGuard = async (): Promise<Guard> => {
  await initParser()
  const policy = policySection.parse({ rules })
  return new PolicyGuard({ policy, clear: false, source: undefined, maskKey: Buffer.alloc(32, 7) })
}

/** A text that was decided on before, and one that is new but for a number. */
export const deciding = (guard: Guard, timing: Timing): readonly Row[] => {
  let n = 0
  const asker = askerOf()
  const ask = (text: string) => () => {
    if (guard.decide(text, asker).kind !== 'allow') throw new Error('the policy refused a SELECT')
  }
  const point = 'SELECT abalance FROM pgbench_accounts WHERE aid = '
  return [
    { ...microRow('policy: a text known before', microseconds(ask(`${point}1`), timing)), bar: { atMost: 2 } },
    microRow(
      'policy: a text new but for a number',
      microseconds(() => ask(`${point}${n++}`)(), timing),
    ),
  ]
}
