import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { confirm } from '../../src/cli/confirm.js'
import { table } from '../../src/cli/table.js'
import { count, plain } from '../../src/cli/text.js'
import type { KillAnswer, KilledSession, SessionSummary } from '../../src/lib/api.js'
import { HoopError } from '../../src/lib/errors.js'

export default class SessionsKill extends ClientCommand {
  static override summary = 'End live sessions: your own, or anybody’s if you are an admin.'
  static override description =
    'The client is told the reason, what runs for it is cancelled, and the recording ends with who did it and why. ' +
    'Whoever may connect can connect again: hoop people revoke keeps them out.'
  static override examples = [
    "<%= config.bin %> <%= command.id %> 1kz0m --reason 'it blocks the migration'",
    {
      description: 'Everything that one person does now',
      command: "<%= config.bin %> <%= command.id %> --person ada@example.com --reason 'laptop stolen'",
    },
    {
      description: 'Revoke a grant: its sessions end, and it opens no more',
      command: "<%= config.bin %> <%= command.id %> --grant 0198c2 --reason 'wrong ticket'",
    },
    {
      description: 'Everybody, without being asked',
      command: "<%= config.bin %> <%= command.id %> --all --yes --reason 'database maintenance'",
    },
  ]
  static override strict = false
  static override args = {
    id: argument({ ignoreStdin: true, description: 'ids of sessions, or beginnings of them' }),
  }
  static override flags = {
    reason: string({
      char: 'r',
      required: true,
      helpValue: 'TEXT',
      description: 'why; the client is told, and it is kept',
    }),
    person: string({ char: 'p', helpValue: 'NAME', description: 'sessions of one person, by name or subject' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'sessions on one connection' }),
    grant: string({ helpValue: 'ID', description: 'revoke a grant, and end its sessions' }),
    all: boolean({ description: 'every live session that you may end' }),
    yes: boolean({ char: 'y', description: 'don’t ask before several sessions are ended' }),
  }

  async run(): Promise<{ sessions: readonly KilledSession[] }> {
    const { argv, flags } = await this.parse(SessionsKill)
    const ids = argv as string[]
    const { reason, person, connection, grant, all, yes } = flags
    const wanted = { person, connection, grant, all: all || undefined }
    const many = Object.values(wanted).some((value) => value !== undefined)
    if (many === ids.length > 0)
      throw new HoopError('USAGE', 'which sessions?', {
        hint: 'Give their ids, or one of --person, --connection, --grant and --all.',
      })
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    if (many) {
      const { findSessions } = await import('../../src/agent/api/sessions/find.js')
      const found = await findSessions((path) => client.get(path), {
        person,
        connection,
        grant,
        live: true,
        limit: 10_000,
      })
      if (found.sessions.length > 1) await this.ask(found.sessions, yes)
    } else if (ids.length > 1) await confirm(`End ${count(ids.length, 'session')}?`, { yes, signal: this.signal })
    const sessions: KilledSession[] = []
    for (const path of many ? ['/v1/sessions/kill'] : ids.map((id) => `/v1/sessions/${encodeURIComponent(id)}/kill`))
      sessions.push(...(await client.post<KillAnswer>(path, { reason, ...(many && wanted) })).sessions)
    this.tell(sessions)
    return { sessions }
  }

  private async ask(sessions: readonly SessionSummary[], yes: boolean): Promise<void> {
    if (!yes)
      this.say(
        table(
          headings,
          sessions.map(({ id, name, connection }) => [id, name, connection]),
        ),
      )
    await confirm(`End ${count(sessions.length, 'session')}?`, { yes, signal: this.signal })
  }

  private tell(sessions: readonly KilledSession[]): void {
    if (sessions.length === 0) return this.say('No live session matches.')
    for (const { id, name, connection, ended } of sessions)
      this.log(plain(`${id}  ${name} on ${connection}: ${ended ? 'ended' : 'ending'}`))
  }
}

const headings = ['id', 'person', 'connection']
