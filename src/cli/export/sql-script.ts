import type {
  Parameter,
  RefusalEvent,
  ResultEvent,
  SessionEvent,
  StartEvent,
  StatementEvent,
} from '../../lib/api/session-events.js'

/** A character that isn't printable ASCII, in units of UTF-16 as PostgreSQL's `\\uXXXX` takes them. */
const outside = /[^\x20-\x7e]/g
const unit = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`

const comment = (text: string): string =>
  text
    .split('\n')
    .map((line) => `-- ${line.replace(outside, unit)}\n`)
    .join('')

/**
 * A text as a value, in printable ASCII: it says the same whatever the settings are, and psql reads it alike in every encoding.
 * @see PostgreSQL documentation, "String Constants with C-Style Escapes"
 */
const literal = (text: string): string =>
  `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replace(outside, unit)}'`

/** What psql's own lexer can't misread, whatever stands before and behind it: words, numbers and a few signs. */
const harmless = /^[\w\s.,*=<>+]*$/

/**
 * A text as a line of a script for psql. An open quote or a backslash in what was recorded must not change how psql reads what follows (a
 * backslash command may start a program): so the server is handed the text as a value, and hands it back to be run as it is. In a failed
 * transaction it hands nothing back; there only what ends the transaction does anything.
 * @see PostgreSQL documentation, "psql", \\gexec
 */
const runnable = (text: string, failed: boolean): string | undefined => {
  const bare = text.replace(/\s*;\s*$/, '')
  if (harmless.test(bare)) return `${bare.trim()};\n`
  return failed ? undefined : `SELECT ${literal(text)} \\gexec\n`
}

const literalOf = (value: Parameter): string | undefined => {
  if (value === null) return 'NULL'
  return typeof value === 'string' ? literal(value) : undefined
}

/**
 * Whether it may be a COPY from the client, in any of a text's statements: psql would take the lines that follow in the script for the data,
 * up to one that ends it, and what stands behind that for commands. PostgreSQL takes STDOUT for STDIN there.
 */
const mayCopy = (text: string): boolean => /copy/i.test(text) && /std(?:in|out)/i.test(text)

const withParameters = ({ n, text, parameters = [] }: StatementEvent, failed: boolean): string | undefined => {
  const literals = parameters.map(literalOf)
  if (literals.includes(undefined)) return undefined
  const name = `hoop_${n}`
  const prepared = runnable(`PREPARE ${name} AS ${text.replace(/;\s*$/, '')}`, failed)
  return prepared && `${prepared}EXECUTE ${name}(${literals.join(', ')});\nDEALLOCATE ${name};\n`
}

const cannotRun = (event: StatementEvent): string | undefined => {
  if (event.textBytes !== undefined) return 'its text was cut'
  if (event.detected ?? event.detectedParameters) return 'values were taken out of it before it was recorded'
  if (event.checked) return 'it never ran'
  if (event.via === 'function') return 'it is a call by FunctionCall'
  if (mayCopy(event.text)) return 'what is copied from or to the client is not in a recording'
  return undefined
}

const scripted = (event: StatementEvent, failed: boolean): string => {
  const script = (event.parameters?.length ?? 0) > 0 ? withParameters(event, failed) : runnable(event.text, failed)
  const why =
    cannotRun(event) ??
    (script === undefined ? 'a parameter is binary or was cut, or the transaction had failed' : undefined)
  return why === undefined ? script! : `${comment(`not run, since ${why}:`)}${comment(event.text)}`
}

const beginning = ({ session, name, subject, connection, database, time, server }: StartEvent): string =>
  comment(`Session ${session} of ${name} (${subject}) on ${connection}, database ${database}, ${time}.`) +
  comment(`PostgreSQL ${server.version ?? 'of unknown version'}. For psql, on a copy: it changes what it is run on.`) +
  '\\encoding UTF8\n\\set ON_ERROR_STOP off\n'

const outcome = ({ tag, sqlstate, message }: ResultEvent): string =>
  comment(sqlstate === undefined ? `  ${tag}` : `  ERROR ${sqlstate}: ${message ?? ''}`)

const refused = ({ n, code, text }: RefusalEvent): string => `\n${comment(`#${n} refused (${code}):`)}${comment(text)}`

/**
 * What a session sent, as a script that psql runs on a copy of the database: statements in their order with what became of them, refused
 * ones as comments. Nothing that was recorded is taken by psql for a command of its own.
 */
export async function* sqlScript(events: AsyncIterable<SessionEvent>): AsyncGenerator<string> {
  let failed = false
  for await (const event of events) {
    if (event.type === 'start') yield beginning(event)
    if (event.type === 'statement')
      yield `\n${comment(`#${event.n} at ${(event.at / 1000).toFixed(3)} s`)}${scripted(event, failed)}`
    if (event.type === 'refusal') yield refused(event)
    if (event.type === 'result') {
      if (event.transaction) failed = event.transaction === 'E'
      yield outcome(event)
    }
    if (event.type === 'end')
      yield `\n${comment(`${event.end}${event.reason === undefined ? '' : `: ${event.reason}`}`)}`
  }
}
