import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'
import { type Approval, valid } from '../../src/lib/api/approvals.js'

export default class ApprovalsApprove extends ClientCommand {
  static override summary = 'Approve a request of somebody else: the statement runs, once.'
  static override description = 'Read it first: hoop approvals show ID. Nobody approves their own.'
  static override examples = ["<%= config.bin %> <%= command.id %> 1kz0m --reason 'as discussed in ticket 42'"]
  static override args = {
    id: argument({ required: true, description: 'id of the request, or the beginning of one' }),
  }
  static override flags = {
    reason: string({ char: 'r', helpValue: 'TEXT', description: 'why; it is kept, and recorded with the session' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(ApprovalsApprove)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const one = await client.post<Approval>(`/v1/approvals/${encodeURIComponent(args.id)}/approve`, {
      ...(flags.reason !== undefined && { reason: flags.reason }),
    })
    this.log(
      plain(
        one.state === 'open'
          ? `Your approval of ${one.id} counts; it takes ${one.needed - valid(one.votes).length} more.`
          : `Approved: ${one.id}, a statement of ${one.name} on ${one.connection}.`,
      ),
    )
    return one
  }
}
