import { boolean } from '@oclif/core/flags'
import { ListCommand } from '../../src/cli/list/command.js'
import { tokenTable } from '../../src/cli/tokens/token-text.js'
import type { ServiceTokenInfo } from '../../src/lib/api/service-tokens.js'

export default class TokensList extends ListCommand {
  static override summary = 'List service tokens: yours, or everybody’s if you are an admin or auditor.'
  static override description =
    'The last column says what is worth a look: owners who are gone or shut out, who lost the access that the token is for, ' +
    'tokens that were not used for 30 days, and those that expire within 7.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --all --json']
  static override flags = {
    all: boolean({ char: 'a', description: 'those of everybody; for admins and auditors' }),
    ended: boolean({ description: 'also those that are revoked or have expired' }),
  }

  async run(): Promise<{ tokens: readonly ServiceTokenInfo[] }> {
    const { flags } = await this.parse(TokensList)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const found = await client.get<{ tokens: readonly ServiceTokenInfo[] }>(`/v1/tokens${flags.all ? '?all=true' : ''}`)
    const tokens = found.tokens.filter(
      ({ marks }) => flags.ended || !(marks.includes('revoked') || marks.includes('expired')),
    )
    const { leaveNames } = await import('../../src/agent/files/completion-names.js')
    await leaveNames(
      this.env,
      'tokens',
      tokens.map(({ name }) => name),
    )
    if (tokens.length === 0)
      this.say(flags.ended ? 'There is no service token.' : 'There is no service token in force.')
    else await this.show(tokenTable(tokens, this.view(flags)))
    return { tokens }
  }
}
