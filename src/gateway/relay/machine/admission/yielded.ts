import type { AllowedStatement } from '../../../../policy/decision.js'

/** What comes out of a statement or cursor when it is run by the name that PREPARE or DECLARE gives it. */
export const yieldedBy = ({ kinds, reads, writes, scrub, quiet, defines }: AllowedStatement): AllowedStatement => ({
  ...{ kind: 'select', kinds, reads, writes, scrub, ddl: false },
  ...(quiet && { quiet }),
  ...(defines?.outputs && { outputs: defines.outputs }),
})
