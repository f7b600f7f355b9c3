import type { AllowedStatement } from '../../../../policy/decision.js'
import { nameKey } from '../../../../wire/frontend.js'
import { preparedBySql } from '../admission/to-run.js'
import type { Found } from '../names/names.js'
import type { Names, PreparedStatement } from '../names/names.js'
import type { BindRequest, Request } from '../requests.js'

/**
 * What was found for the statement that a Bind names, as the server has it when it answers. Of one that something else was
 * put in the place of, nothing is known.
 */
const factsOf = (
  { portal: { meant, admission } }: BindRequest,
  prepared: PreparedStatement | undefined,
): AllowedStatement | undefined =>
  prepared && prepared === meant?.statement
    ? prepared.facts &&
      (meant.facts ?? admission?.found.find(([meaning]) => meaning === prepared)?.[1] ?? prepared.facts)
    : undefined

/** BindComplete: only now it is certain which statement the name meant. */
export const bound = (names: Names, request: BindRequest): void => {
  const { portal, name, statement } = request
  const prepared = names.statements.confirmed(nameKey(name))
  const ran = prepared && !prepared.bySql ? prepared.text : preparedBySql(name)
  if (ran !== statement.text) statement.ran = ran
  portal.prepared = prepared
  portal.facts = factsOf(request, prepared)
  names.confirm(portal)
}

/** EXECUTE of EXECUTE of …: nobody writes more, and what is behind more of them is not known. */
const MAX_DEPTH = 8

interface Meant {
  readonly facts: AllowedStatement | undefined
  readonly text: string
}

/**
 * A statement, and what EXECUTE and FETCH make of it one after the other; facts of the last where they are known.
 * @param found what was found on this execution, which goes before what was when the name was given
 */
export const behind = (
  names: Names,
  facts: AllowedStatement | undefined,
  text: string,
  found: Found = [],
): readonly Meant[] => {
  const all: Meant[] = [{ facts, text }]
  // A name may lead to another EXECUTE or FETCH, and in the end to itself.
  for (let runs = facts?.runs; runs; runs = all.at(-1)!.facts?.runs) {
    const key = nameKey(runs.name)
    const next = runs.of === 'statement' ? names.statements.confirmed(key) : names.portals.confirmed(key)
    const now = found.find(([meaning]) => meaning === next)?.[1]
    // A name that nobody can be sure of any more has no facts, whatever was found.
    const known = next?.facts && (now ?? next.facts)
    all.push({ facts: all.length > MAX_DEPTH ? undefined : known, text: next?.text ?? text })
  }
  return all
}

/** Whether the answer to a request may quote values of masked columns. */
export const touchesMasked = (names: Names, head: Request | undefined): boolean => {
  switch (head?.kind) {
    case 'query':
      return head.admission?.statements.some(({ scrub }) => scrub) ?? false
    case 'parse':
      return head.meaning.facts?.scrub ?? false
    case 'bind':
      return factsOf(head, names.statements.confirmed(nameKey(head.name)))?.scrub ?? true
    case 'execute':
      return names.portals.confirmed(nameKey(head.portal))?.facts?.scrub ?? true
    case 'function':
      return true
    case 'describe':
    case 'close':
    case 'plan':
    case 'ask':
    case 'witness':
    case 'check':
    case 'sync':
    case 'copy-end':
    case undefined:
      return false
  }
}

/** Whether no error of a statement depends on masked values, given what it runs by a name. */
const quiet = (names: Names, facts: AllowedStatement | undefined): boolean => {
  const meant = behind(names, facts, '').at(-1)?.facts
  return meant !== undefined && (!meant.scrub || meant.quiet === true)
}

/** Whether an error in the answer to a request depends on types, constants and values that anybody may see alone. */
export const isQuiet = (names: Names, head: Request | undefined): boolean => {
  if (head?.kind === 'query') return head.admission?.statements.every((facts) => quiet(names, facts)) ?? false
  if (head?.kind === 'bind') return quiet(names, factsOf(head, names.statements.confirmed(nameKey(head.name))))
  return head?.kind === 'execute' && quiet(names, names.portals.confirmed(nameKey(head.portal))?.facts)
}
