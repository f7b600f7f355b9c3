import type { Node } from 'libpg-query'
import { isFields } from '../tree.js'

/** A statement's tree with its literals taken out, as pg_stat_statements does it to texts. */
export interface Normalized {
  /** JSON: a literal is its number, a position in the text is 0. Two statements with the same tree differ in literals alone. */
  readonly tree: string
  /** JSON of each literal, by its number. */
  readonly literals: readonly string[]
}

/** A normalized tree that is being looked at. */
export interface Reading {
  readonly node: Node
  /** Numbers of the literals that somebody has looked at: nothing that was found out can depend on any other. */
  readonly looked: ReadonlySet<number>
}

/**
 * Literals (`"A_Const":{"ival":{"ival":5}`; zero and the empty text leave the inner part out), those of text up to where it
 * begins, and where nodes stand in the text. A key can't be mistaken for what stands in a string of the JSON: quotation
 * marks are escaped there, and no string but a key has a colon behind it.
 */
const removable =
  /("A_Const":\{"[ifsb]s?val":)(\{(?:\}|"[a-z]+":(?:-?\d+\}|")))|("(?:location|list_start|list_end|rexpr_list_start|rexpr_list_end)":)-?\d+/g

/** Where a string of the JSON ends that begins before `at`. A pattern that did this would need a stack as deep as it is long. */
const closing = (json: string, at: number): number => {
  for (let end = json.indexOf('"', at); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end
  }
  throw new TypeError('a string of the tree has no end')
}

/** @param json a statement's tree, as libpg_query writes it */
export const normalize = (json: string): Normalized => {
  const literals: string[] = []
  let tree = ''
  let at = 0
  removable.lastIndex = 0
  for (let match = removable.exec(json); match; match = removable.exec(json)) {
    const [found, constant, value, place] = match
    tree += json.slice(at, match.index)
    at = match.index + found.length
    if (constant === undefined || value === undefined) tree += `${place}0`
    else {
      const start = at - value.length
      // Behind the text come its quotation mark and a brace.
      if (value.endsWith('"')) at = closing(json, at) + 2
      tree += `${constant}${literals.push(json.slice(start, at)) - 1}`
    }
    removable.lastIndex = at
  }
  return { tree: tree + json.slice(at), literals }
}

/** Puts literals back where their numbers are, in such a way that they can't be looked at unnoticed. */
const attach = (value: unknown, literals: readonly string[], looked: Set<number>): void => {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') attach(item, literals, looked)
    return
  }
  if (!isFields(value)) return
  for (const key in value) {
    const inner = value[key]
    if (typeof inner !== 'object') continue
    if (key === 'A_Const' && isFields(inner)) conceal(inner, literals, looked)
    else attach(inner, literals, looked)
  }
}

const conceal = (constant: object, literals: readonly string[], looked: Set<number>): void => {
  for (const [kind, number] of Object.entries(constant) as [string, unknown][]) {
    if (kind === 'location' || typeof number !== 'number') continue
    let literal: unknown
    const get = (): unknown => {
      looked.add(number)
      return (literal ??= JSON.parse(literals[number] ?? 'null'))
    }
    Object.defineProperty(constant, kind, { get, enumerable: true })
  }
}

/** The tree of a statement, which notes what is looked at of its literals. */
export const read = ({ tree, literals }: Normalized): Reading => {
  const node = JSON.parse(tree) as Node
  const looked = new Set<number>()
  if (literals.length > 0) attach(node, literals, looked)
  return { node, looked }
}
