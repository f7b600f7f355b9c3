import type { Node, RawStmt } from 'libpg-query'
import { codeLength } from './parser/code-length.js'
import { normalize, type Normalized } from './parser/normalize.js'
import { ParserInstances } from './parser/instances.js'
import { allow } from './work.js'

const mega = 1024 * 1024

/** Bytes of a text that is analysed. */
const maxBytes = 16 * mega

/** Characters of it outside of strings and comments. Parsing takes a second and 300 MB for each million of them. */
const maxCode = 2 * mega

/** Byte offsets in the text's UTF-8 form. */
export type Span = readonly [start: number, end: number]

export interface ParsedStatement {
  readonly node: Node
  readonly span: Span
}

export interface ParsedNormalized extends Normalized {
  readonly span: Span
}

/** `position` counts characters from 1, as in PostgreSQL's error field `P`. */
export interface SyntaxError {
  readonly ok: false
  readonly message: string
  readonly position?: number
}

export type Parsed = { readonly ok: true; readonly statements: readonly ParsedStatement[] } | SyntaxError

const instances = new ParserInstances()

/** Loads the parser; once it has resolved, `parse` works synchronously. May be called any number of times. */
export const initParser = (): Promise<void> => instances.ready()

const failed = (message: string): SyntaxError => ({ ok: false, message })

const zero = (text: string): SyntaxError | undefined => {
  const at = text.indexOf('\0')
  if (at < 0) return undefined
  return {
    ok: false,
    message: 'invalid byte sequence for encoding "UTF8": 0x00',
    position: [...text.slice(0, at)].length + 1,
  }
}

/** Runs `use` on a C string; any fault costs the parser instance its place and gives `undefined`. */
const withText = <T>(text: string, use: (parser: NonNullable<typeof instances.current>, pointer: number) => T) => {
  const parser = instances.current
  if (!parser) return undefined
  try {
    const bytes = parser.lengthBytesUTF8(text) + 1
    const pointer = parser._malloc(bytes)
    if (!pointer) throw new RangeError('out of memory')
    parser.stringToUTF8(text, pointer, bytes)
    const answer = use(parser, pointer)
    parser._free(pointer)
    return answer
  } catch {
    instances.discard()
    return undefined
  }
}

interface Raw {
  readonly json?: string
  readonly message?: string
  readonly position?: number
}

/** Layout of libpg_query's PgQueryParseResult { parse_tree, stderr_buffer, error } and PgQueryError { message, funcname, filename, lineno, cursorpos, context }. */
const rawParse = (text: string): Raw | undefined =>
  withText(text, (parser, pointer) => {
    const result = parser._wasm_parse_query_raw(pointer)
    if (!result) throw new RangeError('out of memory')
    const error = parser.getValue(result + 8, 'i32')
    const tree = parser.getValue(result, 'i32')
    if (!error && !tree) throw new RangeError('out of memory')
    const raw: Raw = error
      ? {
          message: parser.UTF8ToString(parser.getValue(error, 'i32')),
          position: parser.getValue(error + 16, 'i32'),
        }
      : { json: parser.UTF8ToString(tree) }
    parser._wasm_free_parse_result(result)
    return raw
  })

const nothing = '{}'

/** The answer of the grammar, in JSON, or why there is none. */
const parseJson = (
  text: string,
): { readonly ok: true; readonly json: string; readonly bytes: number } | SyntaxError => {
  const nul = zero(text)
  if (nul) return nul
  const bytes = Buffer.byteLength(text)
  if (bytes > maxBytes) return failed(`the text is longer than the ${maxBytes / mega} MB that can be analysed`)
  if (bytes > maxCode && codeLength(text) > maxCode) {
    return failed(`the text has more than ${maxCode / mega} MB of SQL outside of strings, more than can be analysed`)
  }
  if (bytes === 0) return { ok: true, json: nothing, bytes }
  if (!instances.current) return failed('the SQL parser is not ready')
  const raw = rawParse(text)
  if (!raw) return failed('stack depth limit exceeded: the statement is nested too deeply to be analysed')
  if (raw.json === undefined) {
    return { ok: false, message: raw.message ?? 'syntax error', ...(raw.position ? { position: raw.position } : {}) }
  }
  return { ok: true, json: raw.json, bytes }
}

const unreadable = (why: string): SyntaxError => failed(`the SQL parser’s answer can’t be read: ${why}`)

/**
 * Parses a text of any number of statements with PostgreSQL's own grammar. Never throws: a syntax error, a NUL byte, a
 * text that is too large or nested too deeply are all answers.
 */
export const parse = (text: string): Parsed => {
  const answer = parseJson(text)
  if (!answer.ok) return answer
  allow(answer.json.length)
  try {
    const { stmts = [] } = JSON.parse(answer.json) as { stmts?: RawStmt[] }
    const statements = stmts.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length }) =>
      stmt ? [{ node: stmt, span: [start, length ? start + length : answer.bytes] as const }] : [],
    )
    return { ok: true, statements }
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : 'unknown')
  }
}

/** Where a statement's tree ends, and the next begins. No node but the outermost has these keys. */
const between =
  /,"stmt_location":(\d+)(?:,"stmt_len":(\d+))?\}(?:,\{"stmt":|\]\}$)|,"stmt_len":(\d+)\}(?:,\{"stmt":|\]\}$)|\}\]\}$/g

const opening = '"stmts":[{"stmt":'

/**
 * The same, with the literals of each statement taken out of its tree. The parser's answer is cut where statements begin, so
 * that nothing is made of it for those that are known.
 */
export const parseNormalized = (
  text: string,
): { readonly ok: true; readonly statements: readonly ParsedNormalized[] } | SyntaxError => {
  const answer = parseJson(text)
  if (!answer.ok) return answer
  const { json, bytes } = answer
  const statements: ParsedNormalized[] = []
  let at = json.indexOf(opening)
  if (at < 0) return { ok: true, statements }
  at += opening.length
  between.lastIndex = at
  for (let end = between.exec(json); end; end = between.exec(json)) {
    const [found, location, length, first] = end
    const start = Number(location ?? 0)
    const size = Number(length ?? first ?? 0)
    const { tree, literals } = normalize(json.slice(at, end.index))
    statements.push({ tree, literals, span: [start, size ? start + size : bytes] })
    at = end.index + found.length
  }
  return at === json.length ? { ok: true, statements } : unreadable('it has no end')
}

/**
 * Parses a CREATE FUNCTION or DO statement in PL/pgSQL.
 * @returns libpg_query's tree, or undefined where it can't be parsed
 */
export const parsePlpgsql = (statement: string): unknown => {
  if (statement.includes('\0') || Buffer.byteLength(statement) > maxBytes) return undefined
  const answer = withText(statement, (parser, pointer) => {
    const result = parser._wasm_parse_plpgsql(pointer)
    if (!result) throw new RangeError('out of memory')
    const json = parser.UTF8ToString(result)
    parser._wasm_free_string(result)
    return json
  })
  // Success is a JSON object; anything else is an error message.
  if (!answer?.startsWith('{')) return undefined
  try {
    return JSON.parse(answer) as unknown
  } catch {
    return undefined
  }
}
