import { parse } from '../parser.js'
import { isRangeVar, isSubquery, text, walk, words } from '../tree.js'

/** Names in a definition that the server printed: the last part of each, as the first parts may be missing. */
export interface Mentions {
  readonly relations: readonly (readonly [schema: string | undefined, name: string])[]
  readonly functions: readonly (readonly [schema: string | undefined, name: string])[]
  readonly columns: readonly string[]
  /** Whether a subquery stands where a value does. */
  readonly subqueries: boolean
}

const qualified = (names: readonly string[]): readonly [string | undefined, string] => [
  names.at(-2),
  names.at(-1) ?? '',
]

const read = (definition: string): Mentions | undefined => {
  const parsed = parse(definition)
  if (!parsed.ok) return undefined
  const relations: Mentions['relations'][number][] = []
  const functions: Mentions['functions'][number][] = []
  const columns: string[] = []
  let subqueries = false
  walk(
    parsed.statements.map((statement) => statement.node),
    (fields) => {
      if (isRangeVar(fields)) relations.push([text(fields['schemaname']), text(fields['relname']) ?? ''])
      subqueries ||= isSubquery(fields)
      if (fields['funcname']) functions.push(qualified(words(fields['funcname'])))
      if (fields['fields']) columns.push(...words(fields['fields']))
    },
  )
  return { relations, functions, columns, subqueries }
}

/** Characters of texts that are remembered: a database may have thousands of views, and is read anew at each change. */
const REMEMBERED = 16_000_000

const known = new Map<string, Mentions | undefined>()
let characters = 0

/** @returns undefined where the definition can't be parsed (it then has to be treated as opaque) */
export const mentions = (definition: string): Mentions | undefined => {
  if (known.has(definition)) return known.get(definition)
  const found = read(definition)
  characters += definition.length
  if (characters > REMEMBERED) {
    known.clear()
    characters = definition.length
  }
  known.set(definition, found)
  return found
}
