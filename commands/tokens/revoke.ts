import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { count, plain } from '../../src/cli/text.js'
import type { ServiceTokenRevoked } from '../../src/lib/api/service-tokens.js'

export default class TokensRevoke extends ClientCommand {
  static override summary = 'End a service token for good, and at once the sessions under it.'
  static override examples = ["<%= config.bin %> <%= command.id %> nightly --reason 'the job is gone'"]
  static override args = {
    token: argument({ required: true, ignoreStdin: true, description: 'name or id, or OWNER/NAME' }),
  }
  static override flags = {
    reason: string({
      char: 'r',
      required: true,
      helpValue: 'TEXT',
      description: 'why; its holder is told, and it is kept',
    }),
  }

  async run(): Promise<ServiceTokenRevoked> {
    const { args, flags } = await this.parse(TokensRevoke)
    const { openClient } = await import('../../src/agent/api/client.js')
    const { tokenNamed } = await import('../../src/lib/service-token.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const path = `/v1/tokens/${encodeURIComponent(tokenNamed(args.token))}/revoke`
    const done = await client.post<ServiceTokenRevoked>(path, { reason: flags.reason })
    const { token, sessions } = done
    this.log(plain(`${token.owner.name}/${token.name} is revoked; ${count(sessions.length, 'session')} ended.`))
    return done
  }
}
