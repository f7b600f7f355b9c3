import type { AllowedStatement } from '../../../policy/decision.js'
import { nameKey } from '../../../wire/frontend.js'
import type { Meaning } from './names.js'
import type { Request } from './requests.js'
import type { State } from './state.js'

/** A statement has succeeded: what it leaves behind for those that follow. The one place where SQL gives and ends names. */
export const completed = (
  state: State,
  tag: string,
  facts: AllowedStatement | undefined,
  defines: Meaning | undefined,
): void => {
  const { names } = state
  if (tag === 'DISCARD ALL') names.discard()
  if (tag === 'PREPARE' && !defines) names.forget()
  if (defines) names.confirm(defines)
  if (!facts) return
  if (facts.ends) names.end(facts.ends)
  if (facts.ddl) state.schemaChanged = true
  if (facts.scrub) state.tainted = true
  state.unknownNames.made(facts)
}

// PREPARE TRANSACTION has no other kind with it.
const hidden = (facts: AllowedStatement): boolean =>
  !facts.defines && facts.kinds.length > 1 && facts.kinds.includes('prepare')

/** What SQL prepares stays, also where a DO block did it and where an error followed. */
export const preparedInside = (state: State, head: Request | undefined): void => {
  if (head?.kind === 'query') {
    if (head.admission?.statements.some(hidden)) state.names.forget()
  } else if (head?.kind === 'execute') {
    const facts = state.names.portals.confirmed(nameKey(head.portal))?.facts
    if (facts && hidden(facts)) state.names.forget()
  }
}

/** ReadyForQuery outside of a transaction. */
export const transactionEnded = (state: State): void => {
  // Others see a change of the schema from here on, and so does a new snapshot.
  if (state.schemaChanged) state.commands.push({ kind: 'renew', age: undefined })
  state.schemaChanged = state.tainted = false
  state.names.transactionEnded()
}
