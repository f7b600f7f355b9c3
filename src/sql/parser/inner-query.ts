import { parse } from '../parser.js'
import { list, unwrap } from '../tree.js'
import { partOf } from './part.js'

/** What may stand directly in front of the query: `AS` has a word's end behind it, and a bracket or space. */
const behindAs = /(?<=\ba)s\b/gi

/** Characters, as the server counts them. */
const characters = (text: string): number => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length)

/** The query of a command that the server analyses when it runs it and not when it parses it. */
const queryIn = (text: string): string | undefined => {
  const parsed = parse(text)
  const [statement, more] = parsed.ok ? parsed.statements : []
  const [type, fields] = (statement && !more && unwrap(statement.node)) || []
  if (!fields) return undefined
  if (type === 'CopyStmt') return partOf(text, fields['query'], /\(/g, /\)/g)
  if (type === 'ViewStmt') return partOf(text, fields['query'], behindAs)
  // With types declared, what is inside means something else by itself.
  return type === 'PrepareStmt' && list(fields['argtypes']).length === 0
    ? partOf(text, fields['query'], behindAs)
    : undefined
}

/**
 * What PostgreSQL has to parse to find the mistakes in a statement: the statement itself, or the query inside of COPY, PREPARE
 * or CREATE VIEW, with blanks for what stands before it, so that positions count from the statement's start.
 */
export const mistakesIn = (statement: string): string => {
  const query = queryIn(statement)
  if (query === undefined) return statement
  const before = characters(statement.slice(0, statement.lastIndexOf(query)))
  return ' '.repeat(before) + query
}
