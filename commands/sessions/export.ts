import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'
import { write } from '../../src/cli/write.js'
import { HoopError } from '../../src/lib/errors.js'
import type { SessionSummary } from '../../src/lib/api.js'
import type { SessionEvent } from '../../src/lib/api/session-events.js'
import type { FailureLine } from '../../src/agent/api/sessions/events.js'
import type { Format } from '../../src/cli/export/format.js'

const formats = ['jsonl', 'csv', 'sql', 'asciicast', 'html'] as const satisfies readonly Format[]

export default class SessionsExport extends ClientCommand {
  static override summary = 'Write a session to a file that other programs read.'
  static override description =
    'jsonl has every event as it was recorded; csv is one result; sql is a script that psql runs on a copy of the database; ' +
    'asciicast (v3) is what asciinema plays; html is one page that opens offline. Values are as they were recorded: masked.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 1kz0m --format html -o session.html',
    {
      description: 'What the 12th statement gave',
      command: '<%= config.bin %> <%= command.id %> 1kz0m --format csv --statement 12',
    },
    {
      description: 'Watched with asciinema',
      command: '<%= config.bin %> <%= command.id %> 1kz0m --format asciicast -o session.cast',
    },
    '<%= config.bin %> <%= command.id %> 1kz0m --format sql | psql copy_of_it',
  ]
  static override args = {
    id: argument({ required: true, ignoreStdin: true, description: 'id of the session, or the beginning of one' }),
  }
  static override flags = {
    format: string({ char: 'f', options: [...formats], default: 'jsonl', description: 'what to write' }),
    output: string({
      char: 'o',
      helpValue: 'FILE',
      description: 'file to write; it must not be there yet (default: standard output)',
    }),
    statement: string({
      helpValue: 'N',
      description: 'of csv: number of the statement, as sessions show has it; 12.2 is its second result',
    }),
  }

  async run(): Promise<{ session: string; format: string; file?: string } | void> {
    const { args, flags } = await this.parse(SessionsExport)
    const format = flags.format as Format
    if (flags.statement !== undefined && format !== 'csv')
      throw new HoopError('USAGE', '--statement is of --format csv', {
        hint: 'The other formats hold the whole session.',
      })
    if (this.jsonEnabled() && flags.output === undefined)
      throw new HoopError('USAGE', '--json tells of a file', {
        hint: 'Name one by -o, or leave --json: --format jsonl is JSON.',
      })
    const [{ openClient }, { received }, { formats: writers }, { newFile }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/sessions/events.js'),
      import('../../src/cli/export/format.js'),
      import('../../src/cli/export/new-file.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const session = await client.get<SessionSummary>(`/v1/sessions/${encodeURIComponent(args.id)}`)
    const events = received(() => client.lines<SessionEvent | FailureLine>(`/v1/sessions/${session.id}/events`))
    const note = (text: string): void => this.say(text)
    const pieces = writers[format](events, { statement: flags.statement, note })
    // CSV is as it was recorded; a terminal must not obey it.
    const shown = (text: string): string => (process.stdout.isTTY ? plain(text, '\n') : text)
    if (flags.output === undefined) for await (const text of pieces) await write(process.stdout, shown(text))
    else await newFile(flags.output, pieces)
    if (session.endedAt === undefined) this.say('The session goes on: this is what was recorded so far.')
    if (flags.output === undefined) return
    this.say(`Wrote ${flags.output}.`)
    return { session: session.id, format, file: flags.output }
  }
}
