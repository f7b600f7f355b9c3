import { boolean } from '@oclif/core/flags'
import { briefly } from '../../../src/cli/approvals/approval-text.js'
import { ListCommand, type WideView } from '../../../src/cli/list/command.js'
import type { Column } from '../../../src/cli/list/list.js'
import { shortIds } from '../../../src/cli/list/short-ids.js'
import { momentText } from '../../../src/cli/moment.js'
import { databaseUser, searchPath } from '../../../src/lib/shown/approval.js'
import type { StandingApproval } from '../../../src/lib/api/approvals.js'

export default class ApprovalsStandingList extends ListCommand {
  static override summary = 'List standing approvals: given by you or to you; all of them for admins and auditors.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --all --json']
  static override flags = {
    all: boolean({ description: 'ended and revoked ones too' }),
  }

  async run(): Promise<{ standing: readonly StandingApproval[] }> {
    const { flags } = await this.parse(ApprovalsStandingList)
    const { openClient } = await import('../../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { standing } = await client.get<{ standing: StandingApproval[] }>(
      `/v1/standing-approvals${flags.all ? '?all=true' : ''}`,
    )
    if (standing.length === 0) this.say('There is no standing approval.')
    else await this.list(columns(standing, this.view(flags)), standing, flags)
    return { standing }
  }
}

const columns = (all: readonly StandingApproval[], { wide }: WideView): readonly Column<StandingApproval>[] => {
  const short = shortIds(all.map(({ id }) => id))
  return [
    { heading: 'id', of: ({ id }) => (wide ? id : short(id)) },
    { heading: 'person', of: ({ name }) => name },
    { heading: 'connection', goes: 2, of: ({ connection }) => connection },
    {
      heading: 'until',
      of: ({ expiresAt, revokedAt }) => (revokedAt === undefined ? momentText(expiresAt) : 'revoked'),
    },
    { heading: 'by', goes: 1, of: ({ by }) => by.name },
    { heading: 'as', goes: 4, of: ({ meaning }) => databaseUser(meaning) },
    { heading: 'search_path', goes: 5, of: ({ meaning }) => searchPath(meaning) },
    { heading: 'reason', goes: 3, of: ({ reason }) => reason },
    { heading: 'statement', wraps: true, of: ({ text }) => briefly(text, wide ? Infinity : undefined) },
  ]
}
