import type { LoadedConfig } from '../../policy/config/load.js'
import type { ExplainedColumn, Explanation } from '../../policy/explanation.js'
import type { PolicyCase } from './cases.js'
import { openExplainer, type Explainer } from './explainer.js'

/** What one case came to. */
export interface CaseResult {
  readonly name: string
  /** `file:line` of the case. */
  readonly at: string
  /** Empty where all is as expected. */
  readonly failures: readonly Failure[]
}

export interface Failure {
  /** `verdict`, `rule`, `code`, `column email`. */
  readonly what: string
  readonly expected: string
  readonly found: string
}

const columnFailures = (expected: Readonly<Record<string, string>>, { statements }: Explanation): Failure[] => {
  const columns = statements.flatMap(({ columns = [] }) => columns)
  const done = (column: ExplainedColumn, wanted: string) =>
    column.does === wanted || (wanted === 'derived' && column.derived === true)
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const named = columns.filter((column) => column.name === name)
    const what = `column ${name}`
    if (named.length === 0)
      return [{ what, expected: wanted, found: `no such column among ${columns.map((one) => one.name).join(', ')}` }]
    return named.filter((column) => !done(column, wanted)).map(({ does }) => ({ what, expected: wanted, found: does }))
  })
}

/** Compares an explanation with what a case expects. */
export const compare = (expected: PolicyCase, found: Explanation): Failure[] => {
  const failures: Failure[] = []
  const { verdict, code, reason, rules, statements } = found
  if (expected.expect !== verdict)
    return [{ what: 'verdict', expected: expected.expect, found: reason ? `${verdict}: ${reason}` : verdict }]
  if (expected.code !== undefined && expected.code !== code)
    failures.push({ what: 'code', expected: expected.code, found: code ?? 'none' })
  const names = rules.map(({ rule }) => rule)
  if (expected.rule !== undefined && !names.includes(expected.rule))
    failures.push({ what: 'rule', expected: expected.rule, found: names.join(', ') || 'none' })
  const against = verdict === 'refuse' ? undefined : statements.find(({ database }) => database !== undefined)?.database
  if (against !== undefined) failures.push({ what: 'database', expected: 'a statement it knows', found: against })
  else if (expected.columns) failures.push(...columnFailures(expected.columns, found))
  return failures
}

const keyOf = ({ connection, policy, groups, person }: PolicyCase): string =>
  JSON.stringify([connection, policy, groups, person])

/**
 * Runs cases against the live databases' catalogs, one after the other.
 * @throws {HoopError} as opening a connection does
 */
export async function* examine(loaded: LoadedConfig, cases: readonly PolicyCase[]): AsyncGenerator<CaseResult> {
  await using stack = new AsyncDisposableStack()
  const explainers = new Map<string, Explainer>()
  for (const one of cases) {
    const { connection, policy, groups, person } = one
    const choice = { ...(policy !== undefined && { policy }), ...(groups && { groups }), ...(person && { person }) }
    let explainer = explainers.get(keyOf(one))
    if (!explainer) {
      explainer = stack.use(await openExplainer({ loaded, connection, ...choice }))
      explainers.set(keyOf(one), explainer)
    }
    const failures = compare(one, await explainer.explain(one.sql))
    yield { name: one.name ?? one.sql.trim().replaceAll(/\s+/g, ' '), at: one.at, failures }
  }
}
