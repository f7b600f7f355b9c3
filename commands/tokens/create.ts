import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { tokenPairs } from '../../src/cli/tokens/token-text.js'
import type { CreateTokenRequest, ServiceTokenMade } from '../../src/lib/api/service-tokens.js'
import { HoopError } from '../../src/lib/errors.js'

export default class TokensCreate extends ClientCommand {
  static override summary = 'Make a token for a program: it opens connections, for a while, and does nothing else.'
  static override description = `The token is printed once, on stdout, and kept nowhere: HOOP_TOKEN takes it.
It is good for what its owner may use, under the policy that they are given now, and only as long as they are given it; it never sees values in the clear and breaks no glass. What runs by it counts against its owner's budgets.
With --bind it is good with one key only: give the key's thumbprint, or a file with the public key; alone it means the key of HOOP_KEY_FILE. hoop tokens key makes one.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly --connection vectordb --ttl 30d',
    {
      description: 'for a runner with a fixed address and a key of its own',
      command:
        '<%= config.bin %> <%= command.id %> nightly --connection vectordb --policy research --ttl 90d --cidr 192.0.2.0/28 --bind=runner.pub',
    },
  ]
  static override args = {
    name: argument({ required: true, ignoreStdin: true, description: 'a name that you know it by' }),
  }
  static override flags = {
    connection: string({
      char: 'c',
      required: true,
      multiple: true,
      helpValue: 'NAME',
      description: 'what it opens; may be repeated',
    }),
    policy: string({
      multiple: true,
      helpValue: 'NAME',
      description:
        'the policy that it runs under, one for each --connection, in their order; the one that its owner is given, unless said',
    }),
    ttl: string({ required: true, helpValue: 'TIME', description: 'how long it is good: 12h, 30d' }),
    cidr: string({
      multiple: true,
      helpValue: 'NETWORK',
      description: 'address or network that it may be used from, such as 192.0.2.0/28; may be repeated',
    }),
    bind: string({
      helpValue: 'KEY',
      description: 'good with this key only: a thumbprint, or a file with the public key',
    }),
    owner: string({ helpValue: 'PERSON', description: 'whose it is, where it is not yours; for admins' }),
  }

  async run(): Promise<ServiceTokenMade> {
    const { args, flags } = await this.parse(TokensCreate, bindAlone(this.argv))
    const [{ openClient }, { durationOf }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/lib/when.js'),
    ])
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(args.name))
      throw new HoopError('USAGE', `${args.name} is no name for a token`, {
        hint: 'Up to 63 letters of ASCII, digits, dots, hyphens and underscores; the first is a letter or digit.',
      })
    const request: CreateTokenRequest = {
      name: args.name,
      connections: scopeOf(flags.connection, flags.policy ?? []),
      ttl: Math.round(durationOf(flags.ttl)),
      ...(flags.cidr && { networks: flags.cidr }),
      ...(flags.bind !== undefined && { boundTo: await this.#key(flags.bind) }),
      ...(flags.owner !== undefined && { owner: flags.owner }),
    }
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const made = await client.post<ServiceTokenMade>('/v1/tokens', request)
    this.say(tokenPairs(made.token))
    this.say('This is the token. It is shown this once:')
    this.log(made.secret)
    return made
  }

  async #key(given: string): Promise<string> {
    const file = given === own ? this.env['HOOP_KEY_FILE'] : given
    if (!file)
      throw new HoopError('USAGE', '--bind: which key?', {
        hint: 'Give a thumbprint or a file, or set HOOP_KEY_FILE to the key that hoop tokens key made.',
      })
    const { readThumbprint } = await import('../../src/agent/login/key-file.js')
    return readThumbprint(file)
  }
}

const scopeOf = (connections: readonly string[], policies: readonly string[]): CreateTokenRequest['connections'] => {
  if (policies.length > 0 && policies.length !== connections.length)
    throw new HoopError('USAGE', 'there must be as many --policy as --connection, or none', {
      hint: 'Name them in the same order.',
    })
  return connections.map((connection, i) => ({
    connection,
    ...(policies[i] !== undefined && { policy: policies[i] }),
  }))
}

/** What `--bind` alone stands for: no file and no thumbprint is called so. */
const own = '\0own'

/** `--bind` alone: the command line's parser wants a value. */
const bindAlone = (words: readonly string[]): string[] =>
  words.map((word, i) => {
    const next = words[i + 1]
    return word === '--bind' && (next === undefined || next.startsWith('-')) ? `--bind=${own}` : word
  })
