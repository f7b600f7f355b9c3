import type { AllowedStatement } from '../../../../policy/decision.js'
import { isLong } from '../../../../policy/texts/long-texts.js'
import type { Ended } from '../../../../sql/facts.js'
import { namedBy } from '../../../../sql/naming.js'
import { parse } from '../../../../sql/parser.js'
import { unwrap } from '../../../../sql/tree.js'
import { nameKey } from '../../../../wire/frontend.js'
import { behind } from './binding.js'
import type { Meaning } from '../names/names.js'
import { type Request, statementAt } from '../requests.js'
import type { State } from '../state.js'

/** The names that statements of a text end. One of them has succeeded; more than that of a text without a policy isn't known. */
const endedBy = (text: string): readonly Ended[] => {
  // It would be read once for each of its statements: what they end is no longer known by its name then.
  if (isLong(text)) return [{ of: 'statement' }]
  const parsed = parse(text)
  if (!parsed.ok) return []
  return parsed.statements.flatMap(({ node }) => {
    const [type, fields] = unwrap(node) ?? []
    const ends = type !== undefined && fields ? namedBy(type, fields).ends : undefined
    return ends ? [ends] : []
  })
}

/** A statement has succeeded: what it leaves behind for those that follow. The one place where SQL gives and ends names. */
export const completed = (
  state: State,
  tag: string,
  text: string,
  facts: AllowedStatement | undefined,
  defines: Meaning | undefined,
): void => {
  const { names } = state
  if (tag === 'DISCARD ALL') names.discard()
  if (tag === 'DEALLOCATE ALL') names.end({ of: 'statement' })
  // Without a policy nothing has been parsed.
  if (tag === 'DEALLOCATE' && !facts) for (const ended of endedBy(text)) names.end(ended)
  if (tag === 'PREPARE' && !defines) names.forget()
  if (defines) names.confirm(defines)
  if (!facts) return
  if (facts.kind !== 'begin' && facts.kind !== 'set') state.locks = true
  if (facts.ends) names.end(facts.ends)
  for (const { facts: each } of behind(names, facts, text)) {
    if (each?.ddl) state.schemaChanged = true
    // What only reads leaves nothing behind that could fail later.
    if (each?.scrub && !each.quiet) state.tainted = true
    if (each) state.unknownNames.made(each)
    if (each) state.ownObjects.completed(each)
  }
}

// PREPARE TRANSACTION has no other kind with it.
const hidden = (facts: AllowedStatement): boolean =>
  !facts.defines && facts.kinds.length > 1 && facts.kinds.includes('prepare')

/** The statement at hand has ended. What SQL prepares stays, also where a DO block did it and where an error followed. */
export const preparedInside = (state: State, head: Request | undefined): void => {
  const facts =
    head?.kind === 'query'
      ? statementAt(head)
      : head?.kind === 'execute'
        ? state.names.portals.confirmed(nameKey(head.portal))?.facts
        : undefined
  if (facts && hidden(facts)) state.names.forget()
}

/** ReadyForQuery outside of a transaction. */
export const transactionEnded = (state: State): void => {
  // Others see a change of the schema from here on, and so does a new snapshot.
  if (state.schemaChanged) state.commands.push({ kind: 'renew', change: ++state.changes.made })
  state.schemaChanged = state.tainted = state.locks = false
  // Unless the next may have been begun already.
  if (state.queue.length === 0) state.witness.transactionEnded()
  state.own.drop()
  state.unknownNames.transactionEnded()
  state.names.transactionEnded()
  state.ownObjects.transactionEnded()
}
