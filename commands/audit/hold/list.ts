import { boolean } from '@oclif/core/flags'
import { holdHeadings, holdRow } from '../../../src/cli/audit/hold-text.js'
import { ClientCommand } from '../../../src/cli/command.js'
import { table } from '../../../src/cli/table.js'
import type { Hold } from '../../../src/lib/api/holds.js'

export default class AuditHoldList extends ClientCommand {
  static override summary = 'List legal holds in force, newest first. For admins and auditors.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --all --json']
  static override flags = {
    all: boolean({ description: 'released ones too' }),
  }

  async run(): Promise<{ holds: readonly Hold[] }> {
    const { flags } = await this.parse(AuditHoldList)
    const { openClient } = await import('../../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const found = await client.get<{ holds: readonly Hold[] }>(`/v1/audit/holds${flags.all ? '?all=true' : ''}`)
    if (found.holds.length === 0) this.say('Nothing is on hold.')
    else this.log(table(holdHeadings, found.holds.map(holdRow)))
    return found
  }
}
