import { string as argument } from '@oclif/core/args'
import { integer } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { jsonText, paint, plain, width } from '../../src/cli/text.js'
import { write } from '../../src/cli/write.js'
import type { SessionSummary } from '../../src/lib/api.js'
import type { PositionLine } from '../../src/lib/api/position-line.js'
import type { SessionEvent } from '../../src/lib/api/session-events.js'
import type { FailureLine } from '../../src/agent/api/sessions/events.js'

export default class SessionsFollow extends ClientCommand {
  static override summary = 'Watch a session while it goes on, as its client sees it.'
  static override description =
    'Begins with what was recorded so far, goes on with each statement and result as it is recorded, and ends when the session does. ' +
    'Ctrl-C leaves it: the session goes on. With --json each event is a line.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 1kz0m',
    { description: 'Only what is run, without rows', command: '<%= config.bin %> <%= command.id %> 1kz0m --rows 0' },
    '<%= config.bin %> <%= command.id %> 1kz0m --json | jq -r \'select(.type == "statement").text\'',
  ]
  static override args = {
    id: argument({ required: true, ignoreStdin: true, description: 'id of the session, or the beginning of one' }),
  }
  static override flags = {
    rows: integer({ min: 0, max: 1000, default: 20, description: 'rows to show of each result' }),
  }
  static override jsonLines = true

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SessionsFollow)
    const [{ openClient }, { followSession }, { Transcript }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/sessions/follow.js'),
      import('../../src/cli/replay/transcript.js'),
    ])
    const { signal } = this
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal })
    const { id } = await client.get<SessionSummary>(`/v1/sessions/${encodeURIComponent(args.id)}`)
    const transcript = new Transcript({ plain, width, paint: paint(process.stdout) }, { rows: flags.rows })
    const trouble = (why: string): void => this.say(plain(`Waiting for the gateway: ${why}`))
    const ask = (path: string) => client.lines<SessionEvent | FailureLine | PositionLine>(path)
    for await (const event of followSession(ask, id, { signal, trouble }))
      await write(process.stdout, this.jsonEnabled() ? `${jsonText(event)}\n` : transcript.write(event))
    signal.throwIfAborted()
  }
}
