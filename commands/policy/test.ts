import { string as argument } from '@oclif/core/args'
import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { table } from '../../src/cli/table.js'
import { paint } from '../../src/cli/text.js'

/** Longer names are cut in the table. */
const widest = 60

export default class PolicyTest extends HoopCommand {
  static override summary = 'Try a policy on a file of statements with what is expected of each.'
  static override description =
    'Runs none of the statements: they are decided on by the live database’s catalog. Exits with 1 where something is not ' +
    'as expected.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> policy-cases.yaml',
    '<%= config.bin %> <%= command.id %> policy-cases.yaml --config /etc/hoop/hoop.yaml --json',
  ]
  static override args = {
    file: argument({ description: 'YAML file of cases', required: true, ignoreStdin: true }),
  }
  static override flags = { config: text({ description: 'configuration file', default: 'hoop.yaml' }) }

  async run() {
    const { args, flags } = await this.parse(PolicyTest)
    const { readCases } = await import('../../src/operator/explain/cases.js')
    const { loadFor } = await import('../../src/operator/explain/explainer.js')
    const { examine } = await import('../../src/operator/explain/examine.js')
    const cases = await readCases(args.file)
    const loaded = await loadFor(flags.config, ...new Set(cases.map(({ connection }) => connection)))
    const results = []
    for await (const result of examine(loaded, cases)) results.push(result)
    const failed = results.filter(({ failures }) => failures.length > 0)
    const cut = (name: string) => (name.length > widest ? `${name.slice(0, widest - 1)}…` : name)
    if (failed.length > 0)
      this.log(
        table(
          ['at', 'case', 'what', 'expected', 'found'],
          failed.flatMap(({ name, at, failures }) =>
            failures.map(({ what, expected, found }) => [at, cut(name), what, expected, found]),
          ),
        ),
      )
    const passed = results.length - failed.length
    const style = paint(process.stdout)
    this.log(style(failed.length > 0 ? 'red' : 'green', `${passed} as expected, ${failed.length} not`))
    if (failed.length > 0) process.exitCode = 1
    return { passed, failed: failed.length, results }
  }
}
