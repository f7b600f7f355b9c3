import { string } from '@oclif/core/flags'
import { scopeText } from '../../../src/cli/audit/hold-text.js'
import { ClientCommand } from '../../../src/cli/command.js'
import { count, plain } from '../../../src/cli/text.js'
import type { Hold, HoldRequest } from '../../../src/lib/api/holds.js'
import { HoopError } from '../../../src/lib/errors.js'
import { momentOf } from '../../../src/lib/when.js'

export default class AuditHoldAdd extends ClientCommand {
  static override summary =
    'Keep recordings whatever retention and erasure say, until released. For admins and auditors.'
  static override description =
    'What is given has to hold together: --person with --since holds what that person did from then on. Sessions that begin later are held too, where they fit.'
  static override examples = [
    "<%= config.bin %> <%= command.id %> --person casey@contractor.example --reason 'case 2026-114'",
    "<%= config.bin %> <%= command.id %> --session ses_6nTqU2 --reason 'case 2026-114'",
    "<%= config.bin %> <%= command.id %> --since 2026-11-01 --until 2026-11-08 --reason 'subpoena'",
  ]
  static override flags = {
    person: string({ char: 'p', helpValue: 'NAME', description: 'sessions of one person and their service tokens' }),
    session: string({
      ...{ char: 's', helpValue: 'ID', description: 'one session, by its id or the beginning of it' },
      exclusive: ['person', 'since', 'until'],
    }),
    since: string({
      helpValue: 'WHEN',
      description: 'sessions that went on then or later: a date, a time, or 2h, 7d ago',
    }),
    until: string({ helpValue: 'WHEN', description: 'sessions that began before' }),
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; it is kept' }),
  }

  async run(): Promise<Hold> {
    const { flags } = await this.parse(AuditHoldAdd)
    const { person, session, since, until, reason } = flags
    if ([person, session, since, until].every((each) => each === undefined))
      throw new HoopError('USAGE', 'what is to be held?', { hint: 'Give --person, --session, --since or --until.' })
    const request: HoldRequest = {
      reason,
      ...(person !== undefined && { person }),
      ...(session !== undefined && { session }),
      ...(since !== undefined && { since: momentOf(since) }),
      ...(until !== undefined && { until: momentOf(until) }),
    }
    const { openClient } = await import('../../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const hold = await client.post<Hold>('/v1/audit/holds', request)
    this.log(plain(`${hold.id}: on hold is ${scopeText(hold)}: ${count(hold.sessions, 'session')} by now.`))
    return hold
  }
}
