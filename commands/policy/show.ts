import { string as argument } from '@oclif/core/args'
import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { pairs, table } from '../../src/cli/table.js'
import { plain } from '../../src/cli/text.js'
import { HoopError } from '../../src/lib/errors.js'
import type { PolicyOverview, VectorsOverview } from '../../src/policy/overview.js'

export default class PolicyShow extends HoopCommand {
  static override summary =
    'Show the rules, masks and budgets of a policy as they are in force, with what its packs bring.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> research --config /etc/hoop/hoop.yaml --json',
  ]
  static override args = { policy: argument({ description: 'policy; all where it is left out', ignoreStdin: true }) }
  static override flags = { config: text({ description: 'configuration file', default: 'hoop.yaml' }) }

  async run() {
    const { args, flags } = await this.parse(PolicyShow)
    const { loadConfig } = await import('../../src/policy/config/load.js')
    const { policyOverview } = await import('../../src/policy/overview.js')
    const loaded = await loadConfig(flags.config)
    const names = Object.keys(loaded.config.policies)
    if (args.policy !== undefined && !names.includes(args.policy))
      throw new HoopError('USAGE', `there is no policy ${args.policy}`, { hint: `There are: ${names.join(', ')}` })
    const policies = (args.policy === undefined ? names : [args.policy]).map((name) => policyOverview(loaded, name))
    for (const [index, policy] of policies.entries()) {
      if (index > 0) this.log('')
      this.show(policy)
    }
    return { policies }
  }

  private show(policy: PolicyOverview): void {
    const { name, mode, packs, clearFor, rules, masks, derived, budgetWords, recordings, trustedFunctions, logins } =
      policy
    this.log(
      pairs({
        policy: name,
        mode: mode === 'observe' ? 'observe (rules only record; masks and budgets are in force)' : mode,
        packs: packs.join(', '),
        'clear for': clearFor.join(', '),
        predicates: predicatesLine(policy),
        vectors: masks.some(({ distances }) => distances !== 'hide') ? vectorsLine(policy.vectors) : undefined,
        derived,
        ...Object.fromEntries(Object.entries(budgetWords).map(([whose, words]) => [`budget of ${whose}`, words])),
        'recorded rows': recordingsLine(recordings),
        'trusted functions': trustedFunctions.join(', '),
        'logs in as': plain(logins.map(({ connection, user }) => `${user} on ${connection}`).join(', ')),
      }),
    )
    if (rules.length > 0)
      this.log(
        `\n${table(
          ['rule', 'does', 'when', 'from'],
          rules.map(({ name: rule, do: verdict, when, pack, approvers }) => [
            rule,
            approvers ? `${verdict} (${approvers.count} of ${approvers.groups.join(', ')})` : verdict,
            when,
            pack ? `pack ${pack}` : undefined,
          ]),
        )}`,
      )
    const rows = masks.flatMap(({ columns, with: spec, nulls, distances }) =>
      columns.map((column) => [
        column,
        spec,
        nulls === 'hide' ? 'hidden' : undefined,
        distances === 'hide' ? undefined : distances,
      ]),
    )
    if (rows.length > 0) this.log(`\n${table(['masked column', 'as', 'nulls', 'distances'], rows)}`)
  }
}

const predicatesLine = ({ predicates, predicatesOf, guessesPerDay, masks }: PolicyOverview): string => {
  const others = Object.entries(predicatesOf).map(([column, level]) => `; ${column}: ${level}`)
  const guesses = guessesPerDay === undefined ? 'any number of guesses' : `${guessesPerDay} guesses per day and person`
  return `${predicates}${others.join('')}${masks.length > 0 ? ` (${guesses})` : ''}`
}

const recordingsLine = ({ rows, ...caps }: PolicyOverview['recordings']): string =>
  [rows, ...Object.entries(caps).map(([key, value]) => `${key} ${value}`)].join(', ')

const vectorsLine = ({ k, queriesPerSession, queriesPerDay, neighborsPerDay }: VectorsOverview): string =>
  [
    queriesPerDay === undefined
      ? `${queriesPerSession} to search with per session`
      : `${queriesPerDay} to search with per day and person`,
    `${k} rows of each search`,
    neighborsPerDay === undefined ? 'any number found' : `${neighborsPerDay} found per day and person`,
  ].join(', ')
