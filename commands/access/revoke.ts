import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class AccessRevoke extends ClientCommand {
  static override summary = 'Take back access for a while, or a request for it: your own, or as an approver or admin.'
  static override description = 'Sessions that live under it end at once, and hear the reason.'
  static override examples = ["<%= config.bin %> <%= command.id %> 1kz0m --reason 'the incident is over'"]
  static override args = {
    id: argument({ required: true, description: 'id of the request, or the beginning of one' }),
  }
  static override flags = {
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; who has it is told' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(AccessRevoke)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const path = `/v1/access/${encodeURIComponent(args.id)}/revoke`
    const one = await client.post<Approval>(path, { reason: flags.reason })
    this.log(plain(`Taken back: ${one.id}, ${one.text} for ${one.name}.`))
    return one
  }
}
