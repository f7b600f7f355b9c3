import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { scopeText } from '../../../src/cli/audit/hold-text.js'
import { ClientCommand } from '../../../src/cli/command.js'
import { plain } from '../../../src/cli/text.js'
import type { Hold } from '../../../src/lib/api/holds.js'

export default class AuditHoldRelease extends ClientCommand {
  static override summary = 'Release a legal hold: retention and erasure apply again. For admins and auditors.'
  static override examples = ["<%= config.bin %> <%= command.id %> 1kz0m --reason 'case 2026-114 is closed'"]
  static override args = {
    id: argument({ required: true, description: 'id of the hold, or the beginning of one' }),
  }
  static override flags = {
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; it is kept' }),
  }

  async run(): Promise<Hold> {
    const { args, flags } = await this.parse(AuditHoldRelease)
    const { openClient } = await import('../../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const path = `/v1/audit/holds/${encodeURIComponent(args.id)}/release`
    const hold = await client.post<Hold>(path, { reason: flags.reason })
    this.log(plain(`Released: ${hold.id}, ${scopeText(hold)}.`))
    return hold
  }
}
