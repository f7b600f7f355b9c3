import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import type { Answer, SqlText } from '../src/agent/exec/exec.js'
import { ClientCommand } from '../src/cli/command.js'
import { asWritten } from '../src/cli/exec/as-written.js'
import { ExportProgress } from '../src/cli/exec/export-progress.js'
import { TimeLimit } from '../src/cli/exec/time-limit.js'
import { variablesOf } from '../src/cli/exec/variables.js'
import { formats, type FormatName } from '../src/cli/rows/format.js'
import { write } from '../src/cli/write.js'
import { plain } from '../src/cli/text.js'
import { HoopError } from '../src/lib/errors.js'

const names = Object.keys(formats) as FormatName[]

export default class Exec extends ClientCommand {
  static override summary = 'Run SQL on a connection; no PostgreSQL client is needed.'
  static override description = `Several statements in one text run in order, as one simple query: all of them in one transaction, unless they say otherwise. Texts of several --command run one after the other, until one fails.
Values are printed as the server sends them. NULL is NULL in a table, null in JSON, and nothing in CSV (an empty text is "").
In JSON every value is a string or null, each result is an array, and a second column of the same name gets a number; jsonl is one object a line.
--set gives a value for :name in the SQL, which is then one statement; the value is sent as a parameter and is never read as SQL.
COPY … TO STDOUT writes to stdout as it is; COPY … FROM STDIN reads stdin where the SQL came from elsewhere.
PGOPTIONS is sent along, as psql does.
Exits with 1 where the server refused a statement, with 77 where the gateway's policy did, and with 75 where it needs an approval: the error names the request, and once that is approved the same command runs it. With --wait it waits instead.`
  static override examples = [
    { description: 'a statement', command: '<%= config.bin %> exec vectordb "SELECT count(*) FROM documents"' },
    {
      description: 'a file, as CSV',
      command: '<%= config.bin %> exec vectordb -f report.sql --format csv > report.csv',
    },
    { description: 'from a pipe', command: 'echo "SELECT now()" | <%= config.bin %> exec vectordb --format json' },
    {
      description: 'one value into a variable of the shell',
      command: `n=$(<%= config.bin %> exec vectordb -t "SELECT count(*) FROM documents")`,
    },
    {
      description: 'a value that is data, whatever it says',
      command: `<%= config.bin %> exec vectordb --set title="$TITLE" "SELECT id FROM documents WHERE title = :title"`,
    },
    {
      description: 'load a file',
      command: '<%= config.bin %> exec vectordb "COPY notes FROM STDIN (FORMAT csv)" < notes.csv',
    },
  ]
  static override jsonLines = true
  static override args = {
    name: argument({ required: true, ignoreStdin: true, description: 'connection, as hoop connections lists it' }),
    sql: argument({
      ignoreStdin: true,
      description: 'SQL; without it, --command and --file it is read from stdin',
    }),
  }
  static override flags = {
    command: string({
      char: 'c',
      helpValue: 'SQL',
      multiple: true,
      multipleNonGreedy: true,
      description: 'SQL; may be given several times',
    }),
    file: string({ char: 'f', helpValue: 'FILE', description: 'read the SQL from a file; - is stdin' }),
    set: string({
      char: 'v',
      helpValue: 'NAME=VALUE',
      multiple: true,
      multipleNonGreedy: true,
      description: 'the value of :NAME in the SQL; may be given several times',
    }),
    format: string({ options: names, description: 'how rows are written (default: table; json with --json)' }),
    'tuples-only': boolean({ char: 't', description: 'rows alone: no names of columns, no tags' }),
    timeout: string({ helpValue: 'TIME', description: 'give up after so long, and cancel what runs: 30s, 10m, 1h' }),
    reason: string({ helpValue: 'TEXT', description: 'why; it is recorded with the session' }),
    wait: string({
      helpValue: 'TIME',
      description:
        'wait for an approval where one is needed, at most so long: 30s, 10m, 1h (alone: as long as the rule allows)',
    }),
    'break-glass': boolean({
      dependsOn: ['reason'],
      description: 'an emergency: run without the approval; it is recorded, and alerts at once',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Exec, asWritten(this.argv))
    const { Patience } = await import('../src/agent/exec/approval-patience.js')
    const patience = flags.wait === undefined ? undefined : new Patience(flags.wait)
    const sources = [args.sql !== undefined, flags.command !== undefined, flags.file !== undefined]
    if (sources.filter(Boolean).length > 1)
      throw new HoopError('USAGE', 'SQL comes from the argument, from --command or from --file: one of them')
    const given = flags.command ?? [await this.#sql(args.sql, flags.file)]
    if (given.every((sql) => sql.trim() === '')) throw new HoopError('USAGE', 'there is no SQL')
    const fromStdin = args.sql === undefined && !flags.command && (flags.file === undefined || flags.file === '-')
    const { runSql } = await import('../src/agent/exec/run-sql.js')
    using deadline = flags.timeout === undefined ? undefined : new TimeLimit(flags.timeout)
    const signals = [this.signal, patience?.signal, deadline?.signal].filter((signal) => signal !== undefined)
    const answers = runSql(
      {
        env: this.env,
        gateway: flags.gateway,
        connection: args.name,
        reason: flags.reason,
        breakGlass: flags['break-glass'],
        wait: patience !== undefined,
        texts: await bound(given, flags.set),
        input: fromStdin ? nothing() : (process.stdin as AsyncIterable<Buffer>),
      },
      (words) => this.caution(words),
      AbortSignal.any(signals),
    )
    await this.#print(patience ? patience.over(answers) : answers, {
      name: (flags.format as FormatName | undefined) ?? (this.jsonEnabled() ? 'json' : 'table'),
      tuplesOnly: flags['tuples-only'],
    })
  }

  async #sql(given: string | undefined, file: string | undefined): Promise<string> {
    if (given !== undefined) return given
    if (file !== undefined && file !== '-')
      return readFile(file, 'utf8').catch((cause: unknown) => {
        throw new HoopError('USAGE', `cannot read ${file}`, { cause, hint: 'Name a file of SQL.' })
      })
    if (file === undefined && process.stdin.isTTY) throw new HoopError('USAGE', 'there is no SQL')
    return text(process.stdin)
  }

  async #print(answers: AsyncIterable<Answer>, how: { name: FormatName; tuplesOnly: boolean }): Promise<void> {
    const terminal = process.stdout.isTTY
    const format = formats[how.name]({ terminal, tuplesOnly: how.tuplesOnly })
    const decoder = new TextDecoder()
    using export_ = new ExportProgress(!terminal && !this.jsonEnabled())
    let inResult = false
    let out = ''
    const flush = async (): Promise<void> => {
      const text = out
      out = ''
      await write(process.stdout, text)
    }
    const endResult = (): void => {
      if (inResult) out += format.end()
      inResult = false
    }
    try {
      for await (const answer of answers) {
        switch (answer.kind) {
          case 'columns':
            inResult = true
            out += format.begin(answer.fields.map((field) => field.name))
            break
          case 'row':
            out += format.row(answer.values)
            if (out.length > 65_536) {
              export_.add(out.length)
              await flush()
            }
            break
          case 'copy':
            export_.add(answer.data.length)
            await write(
              process.stdout,
              terminal ? plain(decoder.decode(answer.data, { stream: true }), '\n\t') : answer.data,
            )
            break
          case 'complete':
            endResult()
            await flush()
            export_.clear()
            if (how.name === 'table' && !how.tuplesOnly) this.say(plain(answer.tag))
            break
          case 'notice': {
            export_.clear()
            const text = plain(noticeText(answer), '\n')
            // Whoever reads the values has to know which of them are none, programs above all.
            if (answer.code === 'COLUMNS_HIDDEN') process.stderr.write(text + '\n')
            else this.say(text)
            break
          }
          case 'error': {
            const { StatementError } = await import('../src/agent/exec/statement-error.js')
            throw new StatementError(answer.fields, answer.sql)
          }
          case 'copy-in':
            break
        }
      }
    } finally {
      endResult()
      await flush()
    }
  }
}

/** @throws {HoopError} USAGE */
async function bound(texts: readonly string[], set: readonly string[] | undefined): Promise<SqlText[]> {
  if (set === undefined) return texts.map((text) => ({ text }))
  const variables = variablesOf(set)
  const [only, more] = texts
  if (only === undefined || more !== undefined)
    throw new HoopError('USAGE', '--set goes with one text of SQL', {
      hint: 'Run the others by commands of their own.',
    })
  const { bindVariables } = await import('../src/sql/variables.js')
  return [await bindVariables(only, variables)]
}

const noticeText = ({ fields: { V = 'NOTICE', M = '', D, H }, code }: Extract<Answer, { kind: 'notice' }>): string =>
  [`${V}: ${M}`, ...(D && code !== undefined ? [D] : []), ...(H ? [`hint: ${H}`] : [])].join('\n')

async function* nothing(): AsyncGenerator<Buffer> {}
