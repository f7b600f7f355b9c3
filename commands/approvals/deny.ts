import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class ApprovalsDeny extends ClientCommand {
  static override summary = 'Deny a request: the statement fails, and its requester reads why.'
  static override description = 'One denial ends it, however many approvers it takes.'
  static override examples = ["<%= config.bin %> <%= command.id %> 1kz0m --reason 'as discussed in ticket 42'"]
  static override args = {
    id: argument({ required: true, description: 'id of the request, or the beginning of one' }),
  }
  static override flags = {
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; the requester reads it' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(ApprovalsDeny)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const one = await client.post<Approval>(`/v1/approvals/${encodeURIComponent(args.id)}/deny`, {
      reason: flags.reason,
    })
    this.log(plain(`Denied: ${one.id}, a statement of ${one.name} on ${one.connection}.`))
    return one
  }
}
