import { HoopCommand } from '../../src/cli/command.js'
import { recordedFlags, sampleLine } from '../../src/cli/recorded.js'
import { table } from '../../src/cli/table.js'
import { count, plain } from '../../src/cli/text.js'

export default class PolicyObserved extends HoopCommand {
  static override summary = 'Count what the rules of policies that only observe would have done.'
  static override description =
    'Runs on the gateway’s machine: reads the recordings that the configuration names. Each statement was noted when it ' +
    'ran, under the policy of its session (mode: observe).'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --since 7d',
    '<%= config.bin %> <%= command.id %> --connection vectordb --json',
  ]
  static override flags = recordedFlags

  async run() {
    const { flags } = await this.parse(PolicyObserved)
    const { observations } = await import('../../src/operator/policy-replay/observed.js')
    const { openRecorded } = await import('../../src/operator/policy-replay/open.js')
    const { recordings, wanted } = await openRecorded(flags)
    const found = await observations(recordings, wanted)
    const { statements, observed, rules, problems } = found
    for (const problem of problems) this.caution(plain(problem))
    this.log(`${count(statements, 'statement')} since ${wanted.since}: rules would have treated ${observed} otherwise`)
    if (rules.length > 0)
      this.log(
        `\n${table(
          ['rule', 'would', 'statements', 'sessions', 'people', 'policy'],
          rules.map((each) => [
            ...[each.rule, each.would, each.statements, each.sessions.size, each.people.size],
            each.policy,
          ]),
        )}`,
      )
    for (const { rule, would, samples } of rules) {
      this.log(`\n${rule} would ${would}`)
      for (const sample of samples) this.log(sampleLine(sample))
    }
    return {
      since: wanted.since,
      ...found,
      rules: rules.map((each) => ({ ...each, sessions: each.sessions.size, people: [...each.people] })),
    }
  }
}
