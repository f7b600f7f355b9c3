import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { count, plain, span } from '../../src/cli/text.js'
import type { ServiceTokenMade } from '../../src/lib/api/service-tokens.js'

export default class TokensRotate extends ClientCommand {
  static override summary = 'Give a service token a new secret; the old one is good for an overlap.'
  static override description =
    'The new token is printed once, on stdout. Its id, name, scope and end stay. With --overlap 0 the old secret ends now, ' +
    'and so do the sessions that were opened by it: that is for one that has leaked. Otherwise they end with the overlap.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    { description: 'it has leaked', command: '<%= config.bin %> <%= command.id %> nightly --overlap 0' },
  ]
  static override args = {
    token: argument({ required: true, ignoreStdin: true, description: 'name or id, or OWNER/NAME' }),
  }
  static override flags = {
    overlap: string({
      default: '1h',
      helpValue: 'TIME',
      description: 'how long the old secret is good as well: 30m, 24h, 7d at most; 0 ends it now',
    }),
  }

  async run(): Promise<ServiceTokenMade> {
    const { args, flags } = await this.parse(TokensRotate)
    const [{ openClient }, { durationOf }, { tokenNamed }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/lib/when.js'),
      import('../../src/lib/service-token.js'),
    ])
    const overlap = flags.overlap === '0' ? 0 : Math.round(durationOf(flags.overlap))
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const path = `/v1/tokens/${encodeURIComponent(tokenNamed(args.token))}/rotate`
    const made = await client.post<ServiceTokenMade>(path, { overlap })
    const { token, sessions } = made
    const old =
      overlap > 0 ? `is good for ${span(overlap)} more` : `is ended, and with it ${count(sessions.length, 'session')}`
    this.say(plain(`The old secret of ${token.owner.name}/${token.name} ${old}.`))
    this.say('This is the new token. It is shown this once:')
    this.log(made.secret)
    return made
  }
}
