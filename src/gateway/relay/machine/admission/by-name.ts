import { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement, Asker, Decision } from '../../../../policy/decision.js'
import { nameKey } from '../../../../wire/frontend.js'
import type { Meaning, Names } from '../names/names.js'
import type { MachineGuard } from '../guard.js'
import { stricter } from './stricter.js'
import { yieldedBy } from './yielded.js'

/** What decides on statements that are run by a name. */
export interface NamedDecisions {
  readonly guard: MachineGuard
  readonly names: Names
  /** In which the statement is sent. */
  readonly pipeline: number
  readonly asker: Asker
  /** Takes what is found for each statement that is run. */
  readonly found: (readonly [meaning: Meaning, facts: AllowedStatement])[]
}

/** What the server has yet to answer decides on what a name means: it is known once that is answered. */
export const unanswered = { kind: 'unanswered' } as const

export type NamedDecision = Decision | typeof unanswered

/** What the server ignores or fails all the same, or something that hoop has lost track of. */
export const notKnown = (): HoopError =>
  new HoopError('STATEMENT_UNPROVEN', 'what goes by that name is not known yet', {
    hint: 'Wait for the answers to what was prepared by that name, or use another name.',
  })

type Runs = Pick<AllowedStatement, 'kinds' | 'runs'>

/** @returns undefined where it isn't certain which of several a name means */
const meaningsOf = ({ names, pipeline }: NamedDecisions, { kinds, runs }: Runs): readonly Meaning[] | undefined => {
  if (runs) {
    const table = runs.of === 'statement' ? names.statements : names.portals
    const meanings: readonly Meaning[] = table.candidates(nameKey(runs.name), pipeline)
    return meanings.length > 1 ? undefined : meanings
  }
  // EXPLAIN ANALYZE EXECUTE, CREATE TABLE AS EXECUTE: which one is not in the facts.
  return kinds.includes('execute') ? [...names.statements.all()] : []
}

/** What is said of a statement that something else runs. */
const ofMeaning = ({ guard, asker }: NamedDecisions, { of, text }: Meaning): Decision =>
  // What a cursor is about was counted when it was declared.
  guard.decide(text, {
    ...asker,
    now: asker.now,
    running: true,
    estimate: of === 'portal' ? { rows: 0 } : asker.estimate,
  })

/** All that statements run by name, and what that runs in its turn, nearest first. */
const meaningsRun = (from: NamedDecisions, statements: readonly Runs[]): readonly Meaning[] | undefined => {
  const all = new Set<Meaning>()
  const add = (each: readonly Runs[]): boolean =>
    each.every((statement) => {
      const meanings = meaningsOf(from, statement)
      for (const meaning of meanings ?? []) if (meaning.text !== '') all.add(meaning)
      return meanings !== undefined
    })
  if (!add(statements)) return undefined
  // A set is walked with what is added meanwhile, and a name that leads to itself is in it once.
  for (const meaning of all) {
    const then = ofMeaning(from, meaning)
    if (then.kind !== 'refuse' && !add(then.statements)) return undefined
  }
  return [...all]
}

/** All texts that statements may run by name: whoever approves them approves those. */
export const textsRun = (from: NamedDecisions, statements: readonly Runs[]): readonly string[] =>
  (meaningsRun(from, statements) ?? []).flatMap(({ of, text }) =>
    of === 'portal' && !statements.some(({ runs }) => runs) ? [] : [text],
  )

/**
 * What a Parse prepared and SQL runs. What SQL prepared or opened was searched with, and its vectors counted, when it got its
 * name; a Parse runs nothing yet.
 */
export const parsedAndRun = (from: NamedDecisions, statements: readonly Runs[]): readonly AllowedStatement[] => {
  if (statements.every(({ kinds, runs }) => !runs && !kinds.includes('execute'))) return []
  return (meaningsRun(from, statements) ?? []).flatMap((meaning) => {
    const then = meaning.of === 'statement' && !meaning.bySql ? ofMeaning(from, meaning) : undefined
    return then && then.kind !== 'refuse' ? then.statements : []
  })
}

/** What a statement runs by name: of PREPARE and DECLARE, those statements themselves. */
export const runBy = (from: NamedDecisions, statement: Runs): readonly AllowedStatement[] =>
  (meaningsRun(from, [statement]) ?? []).flatMap((meaning) => {
    const then = ofMeaning(from, meaning)
    return then.kind === 'refuse' ? [] : then.statements
  })

/** What policy says of all that statements run by name, beside what it says of them. */
export const decideByName = (from: NamedDecisions, own: Decision): NamedDecision => {
  if (own.kind === 'refuse') return own
  if (own.statements.every(({ kinds, runs }) => !runs && !kinds.includes('execute'))) return own
  const meanings = meaningsRun(from, own.statements)
  if (!meanings) return unanswered
  let decision: Decision = own
  for (const meaning of meanings) {
    const then = ofMeaning(from, meaning)
    if (!meaning.bySql && meaning.of === 'statement' && then.kind !== 'refuse' && then.statements.some(names))
      return { kind: 'refuse', error: naming() }
    const yields = meaning.of === 'statement' && then.kind !== 'refuse' ? yielded(meaning, then.statements) : undefined
    if (yields) from.found.push([meaning, yields])
    const counted = then.kind === 'estimate' ? countable(from, decision, meaning, then) : then
    decision = stricter(decision, counted, meaning.approved)
  }
  return decision
}

/** What running a statement yields that SQL prepared, or whose Parse it was. */
const yielded = ({ name, bySql }: Meaning, statements: readonly AllowedStatement[]): AllowedStatement | undefined => {
  if (!bySql) return statements[0]
  const defining = statements.find(({ defines }) => defines?.of === 'statement' && defines.name === name)
  return defining && yieldedBy(defining)
}

const names = ({ defines, ends }: AllowedStatement): boolean => defines !== undefined || ends !== undefined

/** PREPARE, DECLARE, DEALLOCATE and CLOSE change what names mean, and are read for it where they stand themselves. */
const naming = (): HoopError =>
  new HoopError('STATEMENT_UNPROVEN', 'EXECUTE of a statement that gives or ends a name', {
    hint: 'Send PREPARE, DECLARE, DEALLOCATE or CLOSE as it is.',
  })

/** The planner can be asked about an EXECUTE that stands alone, with arguments that nothing has to be computed for. */
const countable = (
  from: NamedDecisions,
  own: Decision,
  { text }: Meaning,
  then: Extract<Decision, { kind: 'estimate' }>,
): Decision => {
  const { guard, asker } = from
  const [only, more] = own.kind === 'refuse' ? [] : own.statements
  if (only?.planned !== undefined && !more) return { ...then, sql: only.planned }
  const estimate = { unknown: 'the statement that runs it can’t be planned' }
  return guard.decide(text, { ...asker, now: asker.now, running: true, estimate })
}
