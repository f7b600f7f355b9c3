import { integer, string } from '@oclif/core/flags'
import { ListCommand } from '../../src/cli/list/command.js'
import type { Column } from '../../src/cli/list/list.js'
import { momentText } from '../../src/cli/moment.js'
import { type Act, acts as known } from '../../src/lib/api/acts.js'

export default class AuditActs extends ListCommand {
  static override summary = 'List what was done to people’s access, by whom and why. For admins and auditors.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --since 7d',
    {
      description: 'What one person did, and what was done to them',
      command: '<%= config.bin %> <%= command.id %> --person ada@example.com',
    },
    '<%= config.bin %> <%= command.id %> --act person.revoke --json',
  ]
  static override flags = {
    person: string({
      char: 'p',
      helpValue: 'NAME',
      description: 'who did it (name or subject), or whom it concerns (subject)',
    }),
    act: string({ char: 'a', options: Object.keys(known), description: 'only acts of this kind' }),
    since: string({ helpValue: 'WHEN', description: 'then or later: a date, a time, yesterday, or 2h, 7d ago' }),
    until: string({ helpValue: 'WHEN', description: 'before' }),
    limit: integer({ char: 'n', min: 1, max: 10_000, default: 50, description: 'most acts to list, newest first' }),
  }

  async run(): Promise<{ acts: readonly Act[]; more: boolean }> {
    const { flags } = await this.parse(AuditActs)
    const [{ openClient }, { findActs }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/find-acts.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const found = await findActs((path) => client.get(path), flags)
    if (found.acts.length === 0) this.say('No act matches.')
    else await this.list(columns, found.acts, flags)
    if (found.more) this.say(`There are more: raise --limit (${flags.limit}) or narrow the search.`)
    return found
  }
}

/** A newer gateway may know acts that this version has no words for. */
const words = (act: string): string => (Object.hasOwn(known, act) ? known[act as keyof typeof known] : act)

const columns: readonly Column<Act>[] = [
  { heading: 'number', goes: 4, of: ({ number }) => number },
  { heading: 'time', of: ({ time }) => momentText(time) },
  { heading: 'who', of: ({ by }) => by.name },
  { heading: 'did', of: ({ act }) => words(act) },
  { heading: 'target', goes: 2, of: ({ target }) => target },
  { heading: 'concerns', goes: 3, of: ({ subject, target }) => (subject === target ? undefined : subject) },
  { heading: 'reason', wraps: true, of: ({ reason }) => reason },
]
