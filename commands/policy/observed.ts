import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
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
  static override flags = {
    config: text({ description: 'configuration file', default: 'hoop.yaml' }),
    since: text({
      description: 'sessions that began then or later: a date, a time, or 2h, 7d ago',
      default: '7d',
      helpValue: 'WHEN',
    }),
    connection: text({ description: 'only this connection', helpValue: 'NAME' }),
    person: text({ description: 'only this person', helpValue: 'SUBJECT|NAME' }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(PolicyObserved)
    const { loadFor } = await import('../../src/gateway/explain/explainer.js')
    const { momentOf } = await import('../../src/recording/when.js')
    const { pathIn } = await import('../../src/gateway/start/state.js')
    const { observations } = await import('../../src/gateway/policy-replay/observed.js')
    const { config, connection, person } = flags
    const loaded = await loadFor(config, ...(connection === undefined ? [] : [connection]))
    const since = momentOf(flags.since)
    const found = await observations(pathIn(loaded.config.gateway.recordings), {
      since,
      ...(connection !== undefined && { connection }),
      ...(person !== undefined && { person }),
    })
    const { statements, observed, rules, problems } = found
    for (const problem of problems) this.caution(plain(problem))
    this.log(`${count(statements, 'statement')} since ${since}: rules would have treated ${observed} otherwise`)
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
      for (const { session, n, person: who, text: sql } of samples)
        this.log(plain(`  ${session} #${n} ${who}: ${sql.length > 200 ? `${sql.slice(0, 199)}…` : sql}`))
    }
    return {
      since,
      ...found,
      rules: rules.map((each) => ({ ...each, sessions: each.sessions.size, people: [...each.people] })),
    }
  }
}
