import { parsePlpgsql } from '../parser.js'
import { all, as, text, walk, word, words, type Fields } from '../tree.js'

export interface Body {
  /** Statements and expressions inside, each as a statement of its own. */
  readonly statements: readonly { readonly sql: string; readonly expression: boolean }[]
  /** Kinds that PL/pgSQL has statements of its own for. */
  readonly kinds: readonly string[]
  /** Something runs that can't be read off: EXECUTE, FETCH, another language, a text that doesn't parse. */
  readonly dynamic: boolean
}

const unreadable: Body = { statements: [], kinds: [], dynamic: true }

/** plpgsql's RawParseMode: 0 a statement, 2 an expression, 3 to 5 an assignment to a name of one to three parts. */
const statement = 0
const expression = 2

/** `name := …` with plain names; a subscript on the left could run anything and is left alone. */
const assignment = /^\s*(?:"(?:[^"]|"")+"|[^\s".:=[\]]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[^\s".:=[\]]+))*\s*:?=(?!=)/u

/** FETCH goes by the cursor's name, and may read from one that was declared outside. */
const dynamicStatements: ReadonlySet<string> = new Set([
  ...['PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_dynfors', 'PLpgSQL_stmt_fetch'],
])

const ownKinds: Readonly<Record<string, string>> = { PLpgSQL_stmt_commit: 'commit', PLpgSQL_stmt_rollback: 'rollback' }

const asStatement = ({ query, parseMode }: Fields): Body['statements'][number] | undefined => {
  const sql = text(query) ?? ''
  if ((parseMode ?? statement) === statement) return { sql, expression: false }
  if (parseMode === expression) return { sql: `SELECT ${sql}`, expression: true }
  return assignment.test(sql) ? { sql: `SELECT ${sql.replace(assignment, '')}`, expression: true } : undefined
}

const optionOf = (options: unknown, name: string): unknown =>
  all(options, 'DefElem').find((each) => each['defname'] === name)?.['arg']

/** What a DO block runs. */
export const doBody = (fields: Fields): Body => {
  const source = word(optionOf(fields['args'], 'as'))
  const language = word(optionOf(fields['args'], 'language')) ?? 'plpgsql'
  return source === undefined || language.toLowerCase() !== 'plpgsql' ? unreadable : block(source)
}

/**
 * What a function or procedure runs that is being created, by its text: one in SQL is read, one in PL/pgSQL as far as it
 * reads as a block without parameters, any other language can't be. The body of BEGIN ATOMIC stands in the tree itself.
 */
export const createdBody = (fields: Fields): Body => {
  if (fields['sql_body'] !== undefined) return { statements: [], kinds: [], dynamic: false }
  const source = words(optionOf(fields['options'], 'as'))
  const language = (word(optionOf(fields['options'], 'language')) ?? '').toLowerCase()
  if (source.length !== 1) return unreadable
  if (language === 'sql') return { statements: [{ sql: source[0]!, expression: false }], kinds: [], dynamic: false }
  return language === 'plpgsql' ? block(source[0]!) : unreadable
}

/**
 * What a stored function or procedure runs.
 * @param definition the whole CREATE FUNCTION, `fields` its node
 */
export const storedBody = (definition: string, fields: Fields): Body => {
  const language = (word(optionOf(fields['options'], 'language')) ?? '').toLowerCase()
  return language === 'plpgsql' ? readTree(parsePlpgsql(definition)) : createdBody(fields)
}

const block = (source: string): Body => {
  // Any dollar-quote tag will do that the body itself does not hold.
  let tag = '$hoop$'
  for (let n = 0; source.includes(tag); n++) tag = `$hoop${n}$`
  return readTree(parsePlpgsql(`DO ${tag}${source}${tag}`))
}

const readTree = (tree: unknown): Body => {
  if (tree === undefined) return unreadable
  const statements: Body['statements'][number][] = []
  const kinds = new Set<string>()
  let dynamic = false
  walk(tree, (node) => {
    for (const key in node) {
      if (dynamicStatements.has(key) || key === 'dynquery') dynamic = true
      const kind = ownKinds[key]
      if (kind !== undefined) kinds.add(kind)
    }
    const inner = as(node, 'PLpgSQL_expr')
    if (!inner) return
    const found = asStatement(inner)
    if (found) statements.push(found)
    else dynamic = true
  })
  return { statements, kinds: [...kinds], dynamic }
}
