import { string as argument } from '@oclif/core/args'
import { approvalText } from '../../src/cli/approvals/approval-text.js'
import { ClientCommand } from '../../src/cli/command.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class AccessShow extends ClientCommand {
  static override summary = 'Show one request for access: who asks for what and why, and who decided.'
  static override examples = ['<%= config.bin %> <%= command.id %> 1kz0m']
  static override args = {
    id: argument({ required: true, description: 'id of the request, or the beginning of one' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(AccessShow)
    const [{ openClient }, { accessCalled }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/access.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const one = await accessCalled(client, args.id)
    this.log(approvalText(one))
    return one
  }
}
