import { as, isFields, list, words } from '../tree.js'
import { spend } from '../work.js'

/** Where a node stands in the text says nothing of what it means. */
export const places: ReadonlySet<string> = new Set([
  ...['location', 'list_start', 'list_end', 'rexpr_list_start', 'rexpr_list_end'],
])

const contrary: Readonly<Record<string, string>> = { '=': '<>', '<': '>=', '>': '<=', '~~': '!~~', '~': '!~' }

/** Each operator, by the one of its pair that stands in front above. */
const pairs: ReadonlyMap<string, string> = new Map(
  Object.entries(contrary).flatMap(([one, other]) => [
    [one, one],
    [other, one],
  ]),
)

/** A condition by what it is about, and which of two contrary things it says of that. */
interface Claim {
  readonly family: string
  readonly subject: unknown
  readonly says: unknown
}

const claimOf = (node: unknown): Claim | undefined => {
  const test = as(node, 'NullTest')
  if (test) return { family: 'null', subject: test['arg'], says: test['nulltesttype'] }
  const operation = as(node, 'A_Expr')
  const operator = words(operation?.['name']).at(-1) ?? ''
  const family = pairs.get(operator)
  if (!operation || family === undefined) return undefined
  return { family, subject: [operation['lexpr'], operation['rexpr']], says: operator }
}

/** A tree as one text. What is inside of its literals is put aside, to be looked at only where all else is equal. */
const outline = (node: unknown, literals: unknown[]): string => {
  spend()
  if (Array.isArray(node)) return `[${node.map((each) => outline(each, literals)).join(',')}]`
  if (!isFields(node)) return node === undefined ? '' : JSON.stringify(node)
  const parts = Object.keys(node).flatMap((key) => {
    if (places.has(key)) return []
    if (key === 'A_Const') return literals.push(node[key]) > 0 ? ['?'] : []
    return [`${key}:${outline(node[key], literals)}`]
  })
  return `{${parts.join(',')}}`
}

const content = (literals: readonly unknown[]): string =>
  JSON.stringify(literals, (key: string, value: unknown) => (key === 'location' ? undefined : value))

const groups = (
  claims: readonly Claim[],
): readonly (readonly (Claim & { readonly literals: readonly unknown[] })[])[] => {
  const found = new Map<string, (Claim & { literals: unknown[] })[]>()
  for (const claim of claims) {
    const literals: unknown[] = []
    const key = `${claim.family} ${outline(claim.subject, literals)}`
    const known = found.get(key)
    if (known) known.push({ ...claim, literals })
    else found.set(key, [{ ...claim, literals }])
  }
  return [...found.values()]
}

const differ = (claims: readonly Claim[]): boolean => new Set(claims.map(({ says }) => says)).size > 1

/** Whether two claims that are alike but for their literals have the same ones, too, and say contrary things. */
const contradicts = (claims: readonly (Claim & { readonly literals: readonly unknown[] })[]): boolean => {
  if (!differ(claims)) return false
  const said = new Map<string, unknown>()
  for (const { literals, says } of claims) {
    const key = content(literals)
    if (said.has(key) && said.get(key) !== says) return true
    said.set(key, says)
  }
  return false
}

/** Whether two of the conditions are each other's contrary, so that one of them holds of every row without NULLs. */
export const hasContraries = (conditions: readonly unknown[]): boolean => {
  const claims = conditions.flatMap((each) => claimOf(each) ?? [])
  const denied = conditions.flatMap((each) => {
    const negated = as(each, 'BoolExpr')
    return negated?.['boolop'] === 'NOT_EXPR' ? [list(negated['args'])[0]] : []
  })
  // Where nothing is denied, nobody need know what each condition is as a whole.
  const wholes = denied.length === 0 ? [] : conditions.map((subject) => ({ family: 'not', subject, says: false }))
  const denials = denied.map((subject) => ({ family: 'not', subject, says: true }))
  return groups([...claims, ...wholes, ...denials]).some(contradicts)
}
