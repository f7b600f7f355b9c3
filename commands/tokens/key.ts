import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'

export default class TokensKey extends HoopCommand {
  static override summary = 'Make a private key that service tokens can be bound to, and print its thumbprint.'
  static override description =
    'The file (mode 0600, PEM, P-256) stays on the machine that uses the token: HOOP_KEY_FILE names it there, and ' +
    'hoop tokens create --bind=THUMBPRINT binds a token to it. Nothing is sent anywhere.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/.hoop-runner.pem',
    {
      description: 'the thumbprint of one that is there',
      command: '<%= config.bin %> <%= command.id %> --show ~/.hoop-runner.pem',
    },
  ]
  static override args = { file: argument({ required: true, ignoreStdin: true, description: 'where the key is kept' }) }
  static override flags = { show: boolean({ description: 'make none, read the one that is there' }) }

  async run(): Promise<{ file: string; thumbprint: string }> {
    const { args, flags } = await this.parse(TokensKey)
    const { makeKeyFile, readThumbprint } = await import('../../src/agent/login/key-file.js')
    const thumbprint = await (flags.show ? readThumbprint(args.file) : makeKeyFile(args.file))
    this.log(thumbprint)
    return { file: args.file, thumbprint }
  }
}
