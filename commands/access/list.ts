import { boolean, integer, string } from '@oclif/core/flags'
import { accessTable } from '../../src/cli/approvals/access-table.js'
import { ListCommand } from '../../src/cli/list/command.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class AccessList extends ListCommand {
  static override summary = 'List access for a while: what is asked for and in force, yours and what you may decide on.'
  static override description = '--all lists what is over too. Auditors and admins see everybody’s.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --all --json']
  static override flags = {
    all: boolean({ description: 'what is over too' }),
    person: string({ char: 'p', helpValue: 'NAME', description: 'name or subject of who asked' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'name of a connection' }),
    limit: integer({ char: 'n', min: 1, max: 500, default: 100, description: 'most to list, newest first' }),
  }

  async run(): Promise<{ accesses: readonly Approval[] }> {
    const { flags } = await this.parse(AccessList)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { all, person, connection, limit } = flags
    const list = async (state?: string): Promise<readonly Approval[]> => {
      const wanted = {
        kind: 'access',
        limit: String(limit),
        ...(person && { person }),
        ...(connection && { connection }),
      }
      const query = new URLSearchParams({ ...wanted, ...(state !== undefined && { state }) })
      return (await client.get<{ approvals: Approval[] }>(`/v1/approvals?${query.toString()}`)).approvals
    }
    const accesses = all ? await list() : [...(await list('open')), ...(await list('approved'))]
    const { leaveNames } = await import('../../src/agent/files/completion-names.js')
    await leaveNames(
      this.env,
      'requests',
      accesses.map(({ id }) => id),
    )
    if (accesses.length === 0) this.say(all ? 'Nobody asked for access.' : 'No access is asked for or in force.')
    else await this.show(accessTable(accesses, this.view(flags)))
    return { accesses }
  }
}
