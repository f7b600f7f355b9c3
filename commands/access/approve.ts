import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { momentText } from '../../src/cli/moment.js'
import { plain } from '../../src/cli/text.js'
import { type Approval, valid } from '../../src/lib/api/approvals.js'

export default class AccessApprove extends ClientCommand {
  static override summary = 'Give somebody the access for a while that they ask for. It is counted from now.'
  static override description = 'Read it first: hoop access show ID. Nobody approves their own.'
  static override examples = ["<%= config.bin %> <%= command.id %> 1kz0m --reason 'incident 4711'"]
  static override args = {
    id: argument({ required: true, description: 'id of the request, or the beginning of one' }),
  }
  static override flags = {
    reason: string({ char: 'r', helpValue: 'TEXT', description: 'why; it is kept' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(AccessApprove)
    const [{ openClient }, { accessCalled }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/access.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { id } = await accessCalled(client, args.id)
    const one = await client.post<Approval>(`/v1/approvals/${id}/approve`, {
      ...(flags.reason !== undefined && { reason: flags.reason }),
    })
    this.log(
      plain(
        one.state === 'open'
          ? `Your approval of ${one.id} counts; it takes ${Math.max(1, one.needed - valid(one.votes).length)} more.`
          : `Approved: ${one.id}, ${one.text} for ${one.name}, until ${momentText(one.expiresAt)}.`,
      ),
    )
    return one
  }
}
