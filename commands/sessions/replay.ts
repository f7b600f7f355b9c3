import { string as argument } from '@oclif/core/args'
import { boolean, integer, string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { jsonText, paint, plain, width } from '../../src/cli/text.js'
import { write } from '../../src/cli/write.js'
import { HoopError } from '../../src/lib/errors.js'
import type { SessionSummary } from '../../src/lib/api.js'
import type { SessionEvent } from '../../src/lib/api/session-events.js'
import type { FailureLine } from '../../src/agent/api/sessions/events.js'

export default class SessionsReplay extends ClientCommand {
  static override summary = 'Replay a session as its client saw it.'
  static override description =
    'On a terminal it takes the time the session took, pauses cut to --idle-cap. Keys: space pauses, n goes to the next ' +
    'statement, b back by one, e to the next error or refusal, m to the next masked result, / searches (again with nothing ' +
    'typed), g goes to a statement by its number, + and - double and halve the speed, q quits. In a pipe everything is written ' +
    'at once. With --json each event is a line.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 1kz0m',
    { description: 'Twice as fast', command: '<%= config.bin %> <%= command.id %> 1kz0m --speed 2' },
    {
      description: 'Statement by statement, from the 40th',
      command: '<%= config.bin %> <%= command.id %> 1kz0m --step --from 40',
    },
    '<%= config.bin %> <%= command.id %> 1kz0m | less',
  ]
  static override args = {
    id: argument({ required: true, description: 'id of the session, or the beginning of one' }),
  }
  static override flags = {
    speed: string({ helpValue: 'N', default: '1', description: 'times real speed' }),
    'idle-cap': string({ helpValue: 'TIME', default: '2s', description: 'longest pause: 500ms, 2s, 1m' }),
    step: boolean({ description: 'wait for a key before each statement' }),
    from: integer({ min: 1, default: 1, helpValue: 'N', description: 'number of the statement to begin with' }),
    rows: integer({ min: 0, max: 1000, default: 20, description: 'rows to show of each result' }),
  }
  static override jsonLines = true

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SessionsReplay)
    if (flags.step && !this.draws) throw new HoopError('NO_TERMINAL', '--step waits for keys')
    const [{ openClient }, { received }, { Transcript }, { paceOf, timeline }, { play, watch }, { keyHelp }] =
      await Promise.all([
        import('../../src/agent/api/client.js'),
        import('../../src/agent/api/sessions/events.js'),
        import('../../src/cli/replay/transcript.js'),
        import('../../src/cli/replay/timeline.js'),
        import('../../src/cli/replay/play.js'),
        import('../../src/cli/replay/controls.js'),
      ])
    const pace = paceOf(flags.speed, flags['idle-cap'], flags.from)
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const session = await client.get<SessionSummary>(`/v1/sessions/${encodeURIComponent(args.id)}`)
    const path = `/v1/sessions/${session.id}/events`
    const open = (from: number) => {
      const events = received(() => client.lines<SessionEvent | FailureLine>(path))
      const transcript = new Transcript({ plain, width, paint: paint(process.stdout) }, { rows: flags.rows })
      const show = (event: SessionEvent): string =>
        this.jsonEnabled() ? `${jsonText(event)}\n` : transcript.write(event)
      return { cues: timeline(events, { ...pace, from }), show }
    }
    const stage = { write: (text: string) => write(process.stdout, text), step: flags.step }
    if (!this.draws) {
      const { cues, show } = open(flags.from)
      await play(cues, { ...stage, show })
    } else {
      this.say(paint(process.stderr)('dim', keyHelp))
      // On a line of its own, which is emptied again.
      const ask = (text: string): void => void process.stderr.write(`\r\u001b[K${plain(text)}`)
      await watch(open, { ...stage, from: flags.from }, process.stdin, { signal: this.signal, ask })
    }
    if (session.endedAt === undefined) this.say('The session goes on: this is what was recorded so far.')
  }
}
