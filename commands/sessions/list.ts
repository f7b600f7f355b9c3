import { boolean, integer, string } from '@oclif/core/flags'
import { ListCommand, type WideView } from '../../src/cli/list/command.js'
import type { Column } from '../../src/cli/list/list.js'
import { shortIds } from '../../src/cli/list/short-ids.js'
import { momentText } from '../../src/cli/moment.js'
import { clip, span } from '../../src/cli/text.js'
import type { SessionSummary } from '../../src/lib/api.js'

export default class SessionsList extends ListCommand {
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
    since: string({ helpValue: 'WHEN', description: 'began then or later: a date, a time, yesterday, or 2h, 7d ago' }),
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
    const { leaveNames } = await import('../../src/agent/files/completion-names.js')
    await leaveNames(
      this.env,
      'sessions',
      found.sessions.map(({ id }) => id),
    )
    if (found.sessions.length === 0) this.say('No session matches.')
    else await this.list(columns(found.sessions, this.view(flags)), found.sessions, flags)
    if (found.more) this.say(`There are more: raise --limit (${flags.limit}) or narrow the search.`)
    return found
  }
}

const columns = (sessions: readonly SessionSummary[], { wide }: WideView): readonly Column<SessionSummary>[] => {
  const short = shortIds(sessions.map(({ id }) => id))
  return [
    { heading: 'id', of: ({ id }) => (wide ? id : short(id)) },
    { heading: 'person', goes: 2, of: ({ name }) => name },
    { heading: 'connection', goes: 3, of: ({ connection }) => connection },
    { heading: 'began', of: ({ startedAt }) => momentText(startedAt) },
    {
      heading: 'lasted',
      goes: 7,
      of: ({ startedAt, endedAt }) => span(Date.parse(endedAt ?? new Date().toISOString()) - Date.parse(startedAt)),
    },
    { heading: 'statements', goes: 8, of: ({ counters }) => counters.statements },
    { heading: 'refused', goes: 5, of: ({ counters }) => counters.refused },
    { heading: 'errors', goes: 9, of: ({ counters }) => counters.errors },
    { heading: 'rows', goes: 1, of: ({ counters }) => counters.rows },
    { heading: 'masked', goes: 6, of: ({ counters }) => counters.masked },
    { heading: 'end', of: ({ end }) => end ?? 'live' },
    { heading: 'statement', goes: 4, of: ({ first }) => first && clip(first.replaceAll(/\s+/g, ' '), wide ? 200 : 40) },
  ]
}
