import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class AccessRequestCommand extends ClientCommand {
  static override summary = 'Ask for access for a while: a policy on a connection, counted from the approval.'
  static override description =
    'Somebody else approves it. Until it is over, sessions that begin have its policy; then they end by themselves.'
  static override examples = [
    "<%= config.bin %> <%= command.id %> vectordb --policy incident --for 2h --reason 'OPS-4711: pages are slow'",
  ]
  static override args = {
    connection: argument({ required: true, ignoreStdin: true, description: 'name of a connection' }),
  }
  static override flags = {
    policy: string({ helpValue: 'NAME', description: 'the policy (default: the only one that you may ask for)' }),
    for: string({ required: true, helpValue: 'TIME', description: 'for how long: 30m, 2h, 1d' }),
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; approvers read it, it is kept' }),
  }

  async run(): Promise<Approval> {
    const { args, flags } = await this.parse(AccessRequestCommand)
    const [{ openClient }, { durationOf }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/lib/when.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { policy, reason } = flags
    const one = await client.post<Approval>('/v1/access', {
      ...{ connection: args.connection, for: Math.round(durationOf(flags.for)), reason },
      ...(policy !== undefined && { policy }),
    })
    this.log(plain(`Asked: ${one.id}, ${one.text}.`))
    this.say(plain(`Somebody of ${one.groups.join(', ')} runs: hoop access approve ${one.id}`))
    return one
  }
}
