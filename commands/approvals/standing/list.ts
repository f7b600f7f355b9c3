import { boolean } from '@oclif/core/flags'
import { briefly } from '../../../src/cli/approvals/approval-text.js'
import { ClientCommand } from '../../../src/cli/command.js'
import { table } from '../../../src/cli/table.js'
import type { StandingApproval } from '../../../src/lib/api/approvals.js'

export default class ApprovalsStandingList extends ClientCommand {
  static override summary = 'List standing approvals: given by you or to you; all of them for admins and auditors.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --all --json']
  static override flags = {
    all: boolean({ description: 'ended and revoked ones too' }),
  }

  async run(): Promise<{ standing: readonly StandingApproval[] }> {
    const { flags } = await this.parse(ApprovalsStandingList)
    const { openClient } = await import('../../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { standing } = await client.get<{ standing: StandingApproval[] }>(
      `/v1/standing-approvals${flags.all ? '?all=true' : ''}`,
    )
    if (standing.length === 0) this.say('There is no standing approval.')
    else this.log(table(headings, standing.map(row)))
    return { standing }
  }
}

const headings = ['id', 'person', 'connection', 'until', 'by', 'reason', 'statement']

const row = ({ id, name, connection, expiresAt, revokedAt, by, reason, text }: StandingApproval): string[] => [
  ...[id, name, connection],
  revokedAt === undefined ? new Date(expiresAt).toLocaleString('sv-SE') : 'revoked',
  ...[by.name, reason, briefly(text)],
]
