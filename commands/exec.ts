import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import type { Answer } from '../src/agent/exec/exec.js'
import { ClientCommand } from '../src/cli/command.js'
import { formats, type FormatName } from '../src/cli/rows/format.js'
import { write } from '../src/cli/write.js'
import { plain } from '../src/cli/text.js'
import { HoopError } from '../src/lib/errors.js'

const names = Object.keys(formats) as FormatName[]

export default class Exec extends ClientCommand {
  static override summary = 'Run SQL on a connection; no PostgreSQL client is needed.'
  static override description = `Several statements run in order, as one simple query: all of them in one transaction, unless they say otherwise.
Values are printed as the server sends them. NULL is NULL in a table, null in JSON, and nothing in CSV (an empty text is "").
In JSON every value is a string or null, each result is an array, and a second column of the same name gets a number.
COPY … TO STDOUT writes to stdout as it is; COPY … FROM STDIN reads stdin where the SQL came from elsewhere.
Exits with 1 where the server refused a statement, with 77 where the gateway's policy did, and with 75 where it needs an approval: the error names the request, and once that is approved the same command runs it. With --wait it waits instead.`
  static override examples = [
    { description: 'a statement', command: '<%= config.bin %> exec vectordb "SELECT count(*) FROM documents"' },
    {
      description: 'a file, as CSV',
      command: '<%= config.bin %> exec vectordb -f report.sql --format csv > report.csv',
    },
    { description: 'from a pipe', command: 'echo "SELECT now()" | <%= config.bin %> exec vectordb --format json' },
    {
      description: 'load a file',
      command: '<%= config.bin %> exec vectordb "COPY notes FROM STDIN (FORMAT csv)" < notes.csv',
    },
  ]
  static override jsonLines = true
  static override args = {
    name: argument({ required: true, ignoreStdin: true, description: 'connection, as hoop connections lists it' }),
    sql: argument({ ignoreStdin: true, description: 'SQL; without it and without --file it is read from stdin' }),
  }
  static override flags = {
    file: string({ char: 'f', helpValue: 'FILE', description: 'read the SQL from a file; - is stdin' }),
    format: string({ options: names, description: 'how rows are written (default: table; json with --json)' }),
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
    const { args, flags } = await this.parse(Exec, this.argv.map(plainWait))
    const { Patience } = await import('../src/agent/exec/approval-patience.js')
    const patience = flags.wait === undefined ? undefined : new Patience(flags.wait)
    if (args.sql !== undefined && flags.file !== undefined)
      throw new HoopError('USAGE', 'SQL comes from the argument or from --file, not both')
    const sql = await this.#sql(args.sql, flags.file)
    if (sql.trim() === '') throw new HoopError('USAGE', 'there is no SQL')
    const fromStdin = args.sql === undefined && (flags.file === undefined || flags.file === '-')
    const { runSql } = await import('../src/agent/exec/run-sql.js')
    const answers = runSql(
      {
        env: this.env,
        gateway: flags.gateway,
        connection: args.name,
        reason: flags.reason,
        breakGlass: flags['break-glass'],
        wait: patience !== undefined,
        sql,
        input: fromStdin ? nothing() : (process.stdin as AsyncIterable<Buffer>),
      },
      (words) => this.caution(words),
      patience ? AbortSignal.any([this.signal, patience.signal]) : this.signal,
    )
    await this.#print(
      patience ? patience.over(answers) : answers,
      (flags.format as FormatName | undefined) ?? (this.jsonEnabled() ? 'json' : 'table'),
      sql,
    )
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

  async #print(answers: AsyncIterable<Answer>, name: FormatName, sql: string): Promise<void> {
    const format = formats[name]()
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
            if (out.length > 65_536) await flush()
            break
          case 'copy':
            await write(process.stdout, answer.data)
            break
          case 'complete':
            endResult()
            await flush()
            if (name === 'table') this.say(answer.tag)
            break
          case 'notice': {
            const text = plain(noticeText(answer), '\n')
            // Whoever reads the values has to know which of them are none, programs above all.
            if (answer.code === 'COLUMNS_HIDDEN') process.stderr.write(text + '\n')
            else this.say(text)
            break
          }
          case 'error': {
            const { StatementError } = await import('../src/agent/exec/statement-error.js')
            throw new StatementError(answer.fields, sql)
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

const noticeText = ({ fields: { V = 'NOTICE', M = '', D, H }, code }: Extract<Answer, { kind: 'notice' }>): string =>
  [`${V}: ${M}`, ...(D && code !== undefined ? [D] : []), ...(H ? [`hint: ${H}`] : [])].join('\n')

/** `--wait` alone: the command line's parser wants a value. */
const plainWait = (word: string): string => (word === '--wait' ? '--wait=forever' : word)

async function* nothing(): AsyncGenerator<Buffer> {}
