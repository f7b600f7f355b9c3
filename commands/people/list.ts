import { ClientCommand } from '../../src/cli/command.js'
import { table } from '../../src/cli/table.js'
import type { PersonSeen } from '../../src/lib/api.js'

export default class PeopleList extends ClientCommand {
  static override summary = 'List who was seen at the gateway, and who is shut out. For admins and auditors.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<{ people: readonly PersonSeen[] }> {
    const { flags } = await this.parse(PeopleList)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { people } = await client.get<{ people: readonly PersonSeen[] }>('/v1/people')
    this.log(table(headings, people.map(row)))
    return { people }
  }
}

const headings = ['person', 'subject', 'last seen', 'last session', 'sessions', 'live', 'revoked']

const local = (time: string | undefined): string | undefined => time && new Date(time).toLocaleString('sv-SE')

const row = ({ name, subject, lastSeen, lastSession, sessions, live, revoked }: PersonSeen) => [
  ...[name, subject, local(lastSeen), local(lastSession), sessions, live],
  revoked &&
    `${revoked.reason} (${revoked.by.name}${revoked.until === undefined ? '' : `, until ${local(revoked.until)}`})`,
]
