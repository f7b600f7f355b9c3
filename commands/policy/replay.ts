import { HoopCommand } from '../../src/cli/command.js'
import { recordedFlags, sampleLine } from '../../src/cli/recorded.js'
import { table } from '../../src/cli/table.js'
import { count, plain } from '../../src/cli/text.js'

const words = ({ done, by }: { readonly done: string; readonly by?: string }): string => (by ? `${done} (${by})` : done)

export default class PolicyReplay extends HoopCommand {
  static override summary = 'Show what a changed policy would have done to recorded statements.'
  static override description =
    'Runs on the gateway’s machine: reads the recordings that the configuration names and decides on each statement ' +
    'again, under this configuration and by the databases’ catalogs of today. Nothing is run. Exits with 1 where something ' +
    'would have been different.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --config new-hoop.yaml --since 7d',
    '<%= config.bin %> <%= command.id %> --connection vectordb --person ada@example.com --json',
  ]
  static override flags = recordedFlags

  async run() {
    const { flags } = await this.parse(PolicyReplay)
    const { replayPolicy } = await import('../../src/operator/policy-replay/replay.js')
    const { openRecorded } = await import('../../src/operator/policy-replay/open.js')
    const { loaded, recordings, wanted } = await openRecorded(flags)
    const found = await replayPolicy(loaded, recordings, wanted)
    const { sessions, statements, skipped, changes, problems } = found
    for (const problem of problems) this.caution(plain(problem))
    const differing = changes.reduce((sum, change) => sum + change.count, 0)
    this.log(
      `${count(statements, 'statement')} of ${count(sessions, 'session')} since ${wanted.since}: ` +
        `${differing} would have been treated otherwise${skipped ? `, ${skipped} could not be decided on` : ''}`,
    )
    if (changes.length > 0) {
      this.log('')
      this.log(
        table(
          ['statements', 'people', 'was', 'would be'],
          changes.map(({ count: n, people, was, would }) => [n, people.size, words(was), words(would)]),
        ),
      )
      for (const { was, would, samples } of changes) {
        this.log(`\n${words(was)} → ${words(would)}`)
        for (const sample of samples) this.log(sampleLine(sample))
      }
      process.exitCode = 1
    }
    return {
      since: wanted.since,
      ...found,
      differing,
      changes: changes.map((each) => ({ ...each, people: [...each.people] })),
    }
  }
}
