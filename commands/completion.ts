import { string as argument } from '@oclif/core/args'
import { HoopCommand } from '../src/cli/command.js'

const shells = ['bash', 'zsh', 'fish'] as const

export default class Completion extends HoopCommand {
  static override summary =
    'Print a script that lets a shell complete commands, flags, connections, sessions and requests.'
  static override description =
    'Names are those that commands have listed last: completing asks nobody and never waits. ' +
    'Load the script where the shell starts.'
  static override examples = [
    { description: 'bash, in ~/.bashrc', command: 'eval "$(<%= config.bin %> completion bash)"' },
    { description: 'zsh, in ~/.zshrc behind compinit', command: 'eval "$(<%= config.bin %> completion zsh)"' },
    {
      description: 'fish',
      command: '<%= config.bin %> completion fish > ~/.config/fish/completions/hoop.fish',
    },
  ]
  static override args = {
    shell: argument({ required: true, ignoreStdin: true, options: shells, description: 'bash, zsh or fish' }),
  }

  async run(): Promise<{ script: string }> {
    const { args } = await this.parse(Completion)
    const [{ placesOf }, { bashScript, zshScript }, { fishScript }] = await Promise.all([
      import('../src/cli/completion/model.js'),
      import('../src/cli/completion/bash.js'),
      import('../src/cli/completion/fish.js'),
    ])
    const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }
    const places = placesOf(this.config.commands.filter(({ hidden }) => !hidden))
    const script = scripts[args.shell as keyof typeof scripts](places)
    this.log(script.trimEnd())
    return { script }
  }
}
