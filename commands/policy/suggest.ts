import { string as argument } from '@oclif/core/args'
import { boolean, integer, string } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { table } from '../../src/cli/table.js'

export default class PolicySuggest extends HoopCommand {
  static override summary = 'Propose masks for columns that look sensitive.'
  static override description =
    'Looks at types, names and some rows of each table, over the gateway’s own connection and in a transaction that can’t ' +
    'write, and prints lines for the policy’s masks, each with its reason. No value is printed. Columns that are masked ' +
    'already are left out. What it doesn’t find may be sensitive all the same.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> vectordb',
    {
      description: 'More rows, only the lines to paste',
      command: '<%= config.bin %> <%= command.id %> vectordb --rows 2000 --yaml',
    },
  ]
  static override args = { name: argument({ description: 'connection of the configuration', required: true }) }
  static override flags = {
    config: string({ description: 'configuration file', default: 'hoop.yaml' }),
    rows: integer({ description: 'rows to look at in each table', default: 200, min: 1, max: 100_000 }),
    yaml: boolean({ description: 'only the lines to paste; the default where stdout is no terminal' }),
  }

  async run() {
    const { args, flags } = await this.parse(PolicySuggest)
    const { suggestMasks } = await import('../../src/operator/suggest/suggest.js')
    const { writtenMask } = await import('../../src/operator/suggest/yaml.js')
    const found = await suggestMasks({ config: flags.config, connection: args.name, rows: flags.rows })
    const { suggestions, unread, tables, yaml } = found
    for (const { table: name, why } of unread) this.say(`${name} could not be read (${why}).`)
    if (suggestions.length === 0) this.say(`Nothing to suggest: ${tables} tables were looked at.`)
    else {
      if (!flags.yaml && process.stdout.isTTY)
        this.log(
          `${table(
            ['column', 'type', 'mask', 'why'],
            suggestions.map(({ column, type, with: spec, detect = [], reason }) => [
              column,
              type,
              spec === undefined ? `detect ${detect.join(', ')}` : writtenMask(spec),
              reason,
            ]),
          )}\n`,
        )
      this.log(yaml)
    }
    return found
  }
}
