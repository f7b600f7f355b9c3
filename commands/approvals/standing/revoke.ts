import { string as argument } from '@oclif/core/args'
import { ClientCommand } from '../../../src/cli/command.js'

export default class ApprovalsStandingRevoke extends ClientCommand {
  static override summary = 'Take a standing approval back: yours, or anybody’s if you are an admin.'
  static override examples = ['<%= config.bin %> <%= command.id %> 01kz0mq3v7c8r2fa']
  static override args = { id: argument({ required: true, description: 'id of the standing approval' }) }

  async run(): Promise<{ id: string }> {
    const { args, flags } = await this.parse(ApprovalsStandingRevoke)
    const { openClient } = await import('../../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    await client.delete(`/v1/standing-approvals/${encodeURIComponent(args.id)}`)
    this.log(`Revoked: ${args.id}`)
    return { id: args.id }
  }
}
