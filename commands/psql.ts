import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { ClientCommand } from '../src/cli/command.js'
import { HoopError } from '../src/lib/errors.js'

export default class Psql extends ClientCommand {
  static override summary = 'Open psql on a connection: a port that lives as long as psql does.'
  static override description = `Finds psql in PATH, and where Debian, Homebrew and PostgreSQL’s own packages put it. What stands behind -- goes to psql.
Ends with psql’s status.`
  static override examples = [
    '<%= config.bin %> psql vectordb',
    {
      description: 'a file, as psql reads it',
      command: '<%= config.bin %> psql vectordb -- -X -v ON_ERROR_STOP=1 -f migrate.sql',
    },
  ]
  static override usage = 'psql NAME [FLAGS] [-- ARGUMENTS OF psql...]'
  static override args = {
    name: argument({ required: true, ignoreStdin: true, description: 'connection, as hoop connections lists it' }),
  }
  static override flags = {
    reason: string({ helpValue: 'TEXT', description: 'why; it is recorded with the session' }),
    'break-glass': boolean({
      dependsOn: ['reason'],
      description: 'an emergency: run without an approval what needs one; it is recorded, and alerts at once',
    }),
  }

  async run(): Promise<void> {
    const at = this.argv.indexOf('--')
    const [own, rest] = at < 0 ? [this.argv, []] : [this.argv.slice(0, at), this.argv.slice(at + 1)]
    const { args, flags } = await this.parse(Psql, own)
    if (this.jsonEnabled()) throw new HoopError('USAGE', 'psql writes no JSON', { hint: 'Use hoop exec with --json.' })
    const { findPsql } = await import('../src/agent/port/find-psql.js')
    const program = await findPsql(this.env)
    const [{ connect }, { libpqEnvironment }, { runChild }, { connectWords }] = await Promise.all([
      import('../src/agent/port/connect.js'),
      import('../src/agent/port/libpq-environment.js'),
      import('../src/cli/child.js'),
      import('../src/cli/connect/words.js'),
    ])
    const request = { env: this.env, ...flags, names: [args.name], breakGlass: flags['break-glass'] }
    const tell = (event: Parameters<typeof connectWords>[0]): void => {
      const words = connectWords(event)
      if (words) this.say(words)
    }
    await using connected = await connect(request, tell, this.signal)
    const [only] = connected.connections
    this.tellUnavailable(args.name, only!.info.unavailable)
    this.exit(await runChild(program, rest, libpqEnvironment(this.env, only!)))
  }
}
