import { boolean, integer, string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { table } from '../../src/cli/table.js'
import { span } from '../../src/cli/text.js'
import type { SessionSummary } from '../../src/lib/api.js'

export default class SessionsList extends ClientCommand {
  static override summary = 'Find recorded sessions: your own, or everybody’s if you are an auditor.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'What one person did this week',
      command: '<%= config.bin %> <%= command.id %> --person ada@example.com --since 7d',
    },
    { description: 'Who touched a table', command: '<%= config.bin %> <%= command.id %> --text customers' },
    '<%= config.bin %> <%= command.id %> --live --json',
  ]
  static override flags = {
    person: string({ char: 'p', helpValue: 'NAME', description: 'name or subject' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'name of a connection' }),
    since: string({ helpValue: 'WHEN', description: 'began then or later: a date, a time, or 2h, 7d ago' }),
    until: string({ helpValue: 'WHEN', description: 'began before' }),
    text: string({
      char: 't',
      helpValue: 'TEXT',
      description: 'statements, refusals or errors that contain it, in any case',
    }),
    live: boolean({ description: 'only sessions that go on now' }),
    limit: integer({ char: 'n', min: 1, max: 10_000, default: 50, description: 'most sessions to list, newest first' }),
  }

  async run(): Promise<{ sessions: readonly SessionSummary[]; more: boolean }> {
    const { flags } = await this.parse(SessionsList)
    const [{ openClient }, { findSessions }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/sessions/find.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const found = await findSessions((path) => client.get(path), flags)
    if (found.sessions.length === 0) this.say('No session matches.')
    else this.log(table(headings, found.sessions.map(row)))
    if (found.more) this.say(`There are more: raise --limit (${flags.limit}) or narrow the search.`)
    return found
  }
}

const headings = [
  'id',
  'person',
  'connection',
  'began',
  'lasted',
  'statements',
  'refused',
  'errors',
  'rows',
  'masked',
  'end',
]

const row = ({ id, name, connection, startedAt, endedAt, end, counters }: SessionSummary): (string | number)[] => [
  id,
  name,
  connection,
  new Date(startedAt).toLocaleString('sv-SE'),
  span(Date.parse(endedAt ?? new Date().toISOString()) - Date.parse(startedAt)),
  counters.statements,
  counters.refused,
  counters.errors,
  counters.rows,
  counters.masked,
  end ?? 'live',
]
