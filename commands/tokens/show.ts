import { string as argument } from '@oclif/core/args'
import { ClientCommand } from '../../src/cli/command.js'
import { tokenPairs } from '../../src/cli/tokens/token-text.js'
import type { ServiceTokenInfo } from '../../src/lib/api/service-tokens.js'

export default class TokensShow extends ClientCommand {
  static override summary = 'Show one service token: what it opens, from where, until when, and when it was used last.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    { description: 'somebody else’s', command: '<%= config.bin %> <%= command.id %> ada@example.com/nightly' },
  ]
  static override args = {
    token: argument({ required: true, ignoreStdin: true, description: 'name or id, or OWNER/NAME' }),
  }

  async run(): Promise<ServiceTokenInfo> {
    const { args, flags } = await this.parse(TokensShow)
    const { openClient } = await import('../../src/agent/api/client.js')
    const { tokenNamed } = await import('../../src/lib/service-token.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const token = await client.get<ServiceTokenInfo>(`/v1/tokens/${encodeURIComponent(tokenNamed(args.token))}`)
    this.log(tokenPairs(token))
    return token
  }
}
