import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class AccessDeny extends ClientCommand {
  static override summary = 'Deny a request for access for a while, with a reason.'
  static override examples = ["<%= config.bin %> <%= command.id %> 1kz0m --reason 'use the replica'"]
  static override args = {
    id: argument({ required: true, description: 'id of the request, or the beginning of one' }),
  }
  static override flags = {
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; who asked reads it' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(AccessDeny)
    const [{ openClient }, { accessCalled }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/access.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { id } = await accessCalled(client, args.id)
    const one = await client.post<Approval>(`/v1/approvals/${id}/deny`, { reason: flags.reason })
    this.log(plain(`Denied: ${one.id}, ${one.text} for ${one.name}.`))
    return one
  }
}
