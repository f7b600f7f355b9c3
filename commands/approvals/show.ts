import { string as argument } from '@oclif/core/args'
import { approvalText } from '../../src/cli/approvals/approval-text.js'
import { ClientCommand } from '../../src/cli/command.js'
import { wrapMarked } from '../../src/cli/approvals/statement-lines.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class ApprovalsShow extends ClientCommand {
  static override summary = 'Show one request: who asks, why, the whole statement, who decided.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 1kz0m',
    '<%= config.bin %> <%= command.id %> 1kz0m --json',
  ]
  static override args = {
    id: argument({ required: true, description: 'id of the request, or the beginning of one' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(ApprovalsShow)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const approval = await client.get<Approval>(`/v1/approvals/${encodeURIComponent(args.id)}`)
    const text = approvalText(approval)
    const { isTTY, columns } = process.stdout
    this.log(isTTY ? wrapMarked(text, columns).join('\n') : text)
    return approval
  }
}
