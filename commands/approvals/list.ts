import { boolean, integer, string } from '@oclif/core/flags'
import { approvalTable } from '../../src/cli/approvals/approval-text.js'
import { ListCommand } from '../../src/cli/list/command.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class ApprovalsList extends ListCommand {
  static override summary = 'List requests for approval: yours, and those that you may decide on.'
  static override description = 'What waits now; --all lists what is settled too. Auditors and admins see everybody’s.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'What one person asked for',
      command: '<%= config.bin %> <%= command.id %> --all --person casey@example.com',
    },
    '<%= config.bin %> <%= command.id %> --json',
  ]
  static override flags = {
    all: boolean({ description: 'settled ones too' }),
    person: string({ char: 'p', helpValue: 'NAME', description: 'name or subject of the requester' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'name of a connection' }),
    limit: integer({ char: 'n', min: 1, max: 500, default: 100, description: 'most requests to list, newest first' }),
  }

  async run(): Promise<{ approvals: readonly Approval[] }> {
    const { flags } = await this.parse(ApprovalsList)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { all, person, connection, limit } = flags
    const wanted = {
      limit: String(limit),
      ...(!all && { state: 'open' }),
      ...(person && { person }),
      ...(connection && { connection }),
    }
    const { approvals } = await client.get<{ approvals: Approval[] }>(
      `/v1/approvals?${new URLSearchParams(wanted).toString()}`,
    )
    const { leaveNames } = await import('../../src/agent/files/completion-names.js')
    await leaveNames(
      this.env,
      'requests',
      approvals.map(({ id }) => id),
    )
    if (approvals.length === 0) this.say(all ? 'There are no requests.' : 'Nothing waits for an approval.')
    else await this.show(approvalTable(approvals, this.view(flags)))
    return { approvals }
  }
}
