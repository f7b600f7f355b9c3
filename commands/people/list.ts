import { ListCommand } from '../../src/cli/list/command.js'
import type { Column } from '../../src/cli/list/list.js'
import { momentText } from '../../src/cli/moment.js'
import type { PersonSeen } from '../../src/lib/api.js'

export default class PeopleList extends ListCommand {
  static override summary = 'List who was seen at the gateway, and who is shut out. For admins and auditors.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<{ people: readonly PersonSeen[] }> {
    const { flags } = await this.parse(PeopleList)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { people } = await client.get<{ people: readonly PersonSeen[] }>('/v1/people')
    await this.list(columns, people, flags)
    return { people }
  }
}

const local = (time: string | undefined): string | undefined => time && momentText(time)

const shutOut = ({ revoked }: PersonSeen): string | undefined =>
  revoked &&
  `${revoked.reason} (${revoked.by.name}${revoked.until === undefined ? '' : `, until ${local(revoked.until)}`})`

const columns: readonly Column<PersonSeen>[] = [
  { heading: 'person', of: ({ name }) => name },
  { heading: 'subject', goes: 4, of: ({ subject }) => subject },
  { heading: 'last seen', goes: 1, of: ({ lastSeen }) => local(lastSeen) },
  { heading: 'last session', goes: 5, of: ({ lastSession }) => local(lastSession) },
  { heading: 'sessions', goes: 3, of: ({ sessions }) => sessions },
  { heading: 'live', goes: 2, of: ({ live }) => live },
  { heading: 'revoked', wraps: true, of: shutOut },
]
