import { parsePlpgsql } from '../parser.js'
import { declaration, dollarQuoted } from './declaration.js'
import { recordDefaults } from './record-defaults.js'
import { all, as, text, walk, word, words, type Fields } from '../tree.js'

export interface Body {
  /** Statements and expressions inside, each as a statement of its own. */
  readonly statements: readonly { readonly sql: string; readonly expression: boolean }[]
  /** Kinds that PL/pgSQL has statements of its own for. */
  readonly kinds: readonly string[]
  /** Types of what it declares, as they are written. */
  readonly types?: readonly string[]
  /** Whether it has handlers for errors: what fails in it may go on as if nothing had. */
  readonly catches?: boolean
  /** Why it may do anything, where something runs that can't be read off: EXECUTE, FETCH, another language. */
  readonly dynamic?: string
}

const unreadable = (dynamic: string): Body => ({ statements: [], kinds: [], dynamic })

const puzzling = unreadable('its body can’t be read')

/** plpgsql's RawParseMode: 0 a statement, 2 an expression, 3 to 5 an assignment to a name of one to three parts. */
const statement = 0
const expression = 2

/**
 * `name := …` with plain names and nothing but blanks between: a comment could hide where the value begins, and a subscript on
 * the left run anything. What is written otherwise can't be read.
 */
const assigns = (() => {
  const blanks = String.raw`[ \t\n\r\f\v]*`
  const name = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\u{80}-\u{10ffff}][A-Za-z0-9_$\u{80}-\u{10ffff}]*)`
  const more = String.raw`(?:${blanks}\.${blanks}${name})*`
  return new RegExp(String.raw`^${blanks}(?:${name}|\$\d+)${more}${blanks}:?=(?!=)`, 'u')
})()

const assembled = 'its body puts SQL together at run time'

const dynamicStatements: Readonly<Record<string, string>> = {
  ...{ PLpgSQL_stmt_dynexecute: assembled, PLpgSQL_stmt_dynfors: assembled, dynquery: assembled },
  // It goes by the cursor's name, and may read from one that was declared outside.
  PLpgSQL_stmt_fetch: 'its body fetches from a cursor by a name that may mean any',
}

const ownKinds: Readonly<Record<string, string>> = { PLpgSQL_stmt_commit: 'commit', PLpgSQL_stmt_rollback: 'rollback' }

const asStatement = ({ query, parseMode }: Fields): Body['statements'][number] | undefined => {
  const sql = text(query) ?? ''
  if ((parseMode ?? statement) === statement) return { sql, expression: false }
  if (parseMode === expression) return { sql: `SELECT ${sql}`, expression: true }
  return assigns.test(sql) ? { sql: `SELECT ${sql.replace(assigns, '')}`, expression: true } : undefined
}

const foreign = (language: string): Body =>
  unreadable(language === '' ? 'it is in a language that can’t be read' : `it is in ${language}, which can’t be read`)

const optionOf = (options: unknown, name: string): unknown =>
  all(options, 'DefElem').find((each) => each['defname'] === name)?.['arg']

/** What a DO block runs. */
export const doBody = (fields: Fields): Body => {
  const source = word(optionOf(fields['args'], 'as'))
  const language = word(optionOf(fields['args'], 'language')) ?? 'plpgsql'
  return source === undefined || language.toLowerCase() !== 'plpgsql' ? foreign(language) : block(source)
}

/**
 * What a function or procedure runs that is being created, by its text: one in SQL or PL/pgSQL is read, any other language
 * can't be. The body of BEGIN ATOMIC stands in the tree itself.
 */
export const createdBody = (fields: Fields): Body => {
  if (fields['sql_body'] !== undefined) return { statements: [], kinds: [] }
  const source = words(optionOf(fields['options'], 'as'))
  const language = (word(optionOf(fields['options'], 'language')) ?? '').toLowerCase()
  const [body] = source
  if (body === undefined || source.length > 1) return foreign(language)
  if (language === 'sql') return { statements: [{ sql: body, expression: false }], kinds: [] }
  return language === 'plpgsql' ? readTree(parsePlpgsql(declaration(fields, body)), body) : foreign(language)
}

/**
 * What a stored function or procedure runs.
 * @param definition the whole CREATE FUNCTION, `fields` its node
 */
export const storedBody = (definition: string, fields: Fields): Body => {
  const language = (word(optionOf(fields['options'], 'language')) ?? '').toLowerCase()
  const [body] = words(optionOf(fields['options'], 'as'))
  return language === 'plpgsql' && body !== undefined ? readTree(parsePlpgsql(definition), body) : createdBody(fields)
}

const block = (source: string): Body => readTree(parsePlpgsql(`DO ${dollarQuoted(source)}`), source)

const readTree = (tree: unknown, source: string): Body => {
  if (tree === undefined) return puzzling
  const statements = recordDefaults(tree, source).map((sql) => ({ sql: `SELECT ${sql}`, expression: true }))
  const kinds = new Set<string>()
  const types = new Set<string>()
  let catches = false
  let dynamic: string | undefined
  walk(tree, (node) => {
    for (const key in node) {
      if (Object.hasOwn(dynamicStatements, key)) dynamic ??= dynamicStatements[key]
      const kind = ownKinds[key]
      if (kind !== undefined) kinds.add(kind)
    }
    const type = text(as(node, 'PLpgSQL_type')?.['typname'])
    if (type !== undefined) types.add(type)
    catches ||= node['PLpgSQL_exception_block'] !== undefined
    const inner = as(node, 'PLpgSQL_expr')
    if (!inner) return
    const found = asStatement(inner)
    if (found) statements.push(found)
    else dynamic ??= 'a statement in its body can’t be read'
  })
  return { statements, kinds: [...kinds], types: [...types], catches, ...(dynamic !== undefined && { dynamic }) }
}
