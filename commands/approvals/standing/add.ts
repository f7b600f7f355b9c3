import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../../src/cli/command.js'
import { momentText } from '../../../src/cli/moment.js'
import { plain } from '../../../src/cli/text.js'
import { databaseUser } from '../../../src/lib/shown/approval.js'
import { untilOf } from '../../../src/cli/until.js'
import type { StandingApproval, StandingApprovalRequest } from '../../../src/lib/api/approvals.js'

export default class ApprovalsStandingAdd extends ClientCommand {
  static override summary = 'Approve one statement of one person until a time, as often as they run it.'
  static override description =
    'It holds for that exact text on that database, as that database user and role, whatever its parameters, and counts wherever a rule names a group of yours as its approvers. Where a rule takes several approvers, as many have to add it.'
  static override examples = [
    {
      description: 'What a request asked for, again until this evening',
      command: "<%= config.bin %> <%= command.id %> --from 1kz0m --until 18:00 --reason 'backfill, ticket 42'",
    },
    {
      description: 'Before anybody asks',
      command:
        "<%= config.bin %> <%= command.id %> 'VACUUM documents' --person casey@example.com --connection vectordb --until 2h --reason maintenance",
    },
  ]
  static override args = {
    sql: argument({ ignoreStdin: true, description: 'the statement, exactly as it will be sent' }),
  }
  static override flags = {
    from: string({ helpValue: 'ID', description: 'a request whose person, connection and statement are meant' }),
    person: string({ char: 'p', helpValue: 'NAME', description: 'subject, or a name that one person was seen under' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'name of a connection' }),
    database: string({
      char: 'd',
      helpValue: 'NAME',
      description: 'one of its databases, where it is not the request’s or the first',
    }),
    until: string({
      required: true,
      helpValue: 'WHEN',
      description: '18:00, 90m, 2h, 7d, or a date and time; 30 days at most',
    }),
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; it is recorded with each run' }),
  }

  async run(): Promise<StandingApproval> {
    const { args, flags } = await this.parse(ApprovalsStandingAdd)
    const { from, person, connection, database, reason } = flags
    const request: StandingApprovalRequest = {
      ...(from !== undefined && { from }),
      ...(person !== undefined && { person }),
      ...(connection !== undefined && { connection }),
      ...(database !== undefined && { database }),
      ...(args.sql !== undefined && { text: args.sql }),
      until: untilOf(flags.until),
      reason,
    }
    const { openClient } = await import('../../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const made = await client.post<StandingApproval>('/v1/standing-approvals', request)
    const until = momentText(made.expiresAt)
    this.log(
      plain(
        `${made.id}: ${made.name} may run it on ${made.connection}, database ${made.database}, as ${databaseUser(made.meaning)}, until ${until}.`,
      ),
    )
    return made
  }
}
