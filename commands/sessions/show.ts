import { string as argument } from '@oclif/core/args'
import { integer } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { momentText } from '../../src/cli/moment.js'
import { pairs } from '../../src/cli/table.js'
import { paint, plain, span, width } from '../../src/cli/text.js'
import { write } from '../../src/cli/write.js'
import type { SessionSummary } from '../../src/lib/api.js'
import type { FailureLine } from '../../src/agent/api/sessions/events.js'
import type { SessionEvent } from '../../src/lib/api/session-events.js'

export default class SessionsShow extends ClientCommand {
  static override summary = 'Show what a session was: who, when, and every statement with its result.'
  static override description =
    'Values are as the recording holds them: masked. Times are in this machine’s zone, under --json in UTC.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 1kz0m',
    { description: 'With the rows', command: '<%= config.bin %> <%= command.id %> 1kz0m --rows 10' },
    '<%= config.bin %> <%= command.id %> 1kz0m --json',
  ]
  static override args = {
    id: argument({ required: true, description: 'id of the session, or the beginning of one' }),
  }
  static override flags = {
    rows: integer({ min: 0, max: 1000, default: 0, description: 'rows to show of each result' }),
  }

  async run(): Promise<{ session: SessionSummary; events: readonly SessionEvent[] }> {
    const { args, flags } = await this.parse(SessionsShow)
    const [{ openClient }, { received }, { Transcript }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/sessions/events.js'),
      import('../../src/cli/replay/transcript.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const session = await client.get<SessionSummary>(`/v1/sessions/${encodeURIComponent(args.id)}`)
    this.log(pairs(facts(session)))
    if (session.removed) return { session, events: [] }
    const transcript = new Transcript({ plain, width, paint: paint(process.stdout) }, { rows: flags.rows })
    const events: SessionEvent[] = []
    const path = `/v1/sessions/${session.id}/events`
    for await (const event of received(() => client.lines<SessionEvent | FailureLine>(path))) {
      if (this.jsonEnabled()) events.push(event)
      else await write(process.stdout, transcript.write(event))
    }
    return { session, events }
  }
}

const local = (time: string): string => momentText(time)

const facts = (session: SessionSummary): Record<string, string | number | undefined> => {
  const { statements, refused, errors, rows, bytes, masked, observed } = session.counters
  const until = session.endedAt ?? new Date().toISOString()
  return {
    Session: session.id,
    Person: session.name === session.subject ? session.name : `${session.name} (${session.subject})`,
    'Token of': session.owner && `${session.owner.name} (${session.owner.subject})`,
    Connection: session.connection,
    Client: [session.clientApplication, session.clientAddress].filter(Boolean).join(' at '),
    Began: local(session.startedAt),
    Ended:
      session.endedAt && `${local(session.endedAt)}, after ${span(Date.parse(until) - Date.parse(session.startedAt))}`,
    End: session.end === undefined ? 'still live' : [session.end, session.reason].filter(Boolean).join(': '),
    'Ended by': session.endedBy && `${session.endedBy.name} (${session.endedBy.subject})`,
    Recording: session.removed && `${session.removed.how} at ${local(session.removed.at)}`,
    Grant: session.grantId,
    Policy: session.policyHash,
    'Seen clear': session.seenClear ? 'yes: this person saw masked columns in the clear' : undefined,
    Statements: `${statements}, ${refused} refused, ${errors} failed`,
    Observed: observed && `${observed} that rules would have treated otherwise, were the policy in force`,
    Read: `${rows} rows, ${bytes} bytes, ${masked} values masked`,
  }
}
