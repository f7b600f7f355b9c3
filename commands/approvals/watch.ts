import { string } from '@oclif/core/flags'
import type { ApprovalChange } from '../../src/agent/api/approvals/changes.js'
import type { ApprovalLook } from '../../src/agent/api/approvals/watch.js'
import type { GatewayClient } from '../../src/agent/api/client.js'
import { ClientCommand } from '../../src/cli/command.js'
import { changeText } from '../../src/cli/approvals/change-text.js'
import { Inbox } from '../../src/cli/approvals/inbox-feed.js'
import { jsonText, plain } from '../../src/cli/text.js'
import type { Approval } from '../../src/lib/api/approvals.js'

export default class ApprovalsWatch extends ClientCommand {
  static override summary = 'A live inbox: read what waits for an approval, approve it or deny it.'
  static override description = `Keys: up and down or j and k choose, space reads on, a approves, d denies, q or Ctrl-C ends it.
Without a terminal, or with --json, each event is a line:
{"event":"requested"|"voted"|"decided"|"used"|"expired"|"withdrawn"|"break-glass","approval":{…}}; what waits at the
start comes first. A gateway that can't be reached is asked again.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'Tell the desktop',
      command: `<%= config.bin %> <%= command.id %> --json | jq --unbuffered -r 'select(.event=="requested").approval.name' | xargs -n1 notify-send`,
    },
  ]
  static override jsonLines = true
  static override flags = {
    person: string({ char: 'p', helpValue: 'NAME', description: 'name or subject of the requester' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'name of a connection' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ApprovalsWatch)
    const [{ openClient }, { watchApprovals }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/approvals/watch.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { person, connection } = flags
    const filter = { ...(person && { person }), ...(connection && { connection }) }
    const quit = new AbortController()
    const looks = watchApprovals(client, filter, AbortSignal.any([this.signal, quit.signal]))
    if (this.draws) return this.#draw(client, looks, quit)
    if (process.stderr.isTTY) this.say('Waiting for requests; each event is a line. Ctrl-C ends it.')
    for await (const look of looks) this.#write(look)
  }

  #write({ changes, problem }: ApprovalLook): void {
    // At a terminal somebody reads it, or has it read out.
    const line = this.interactive ? ({ event, approval }: ApprovalChange) => changeText(event, approval) : jsonText
    for (const change of changes) process.stdout.write(line(change) + '\n')
    if (problem !== undefined) this.say(`hoop: ${problem}; trying again`)
  }

  async #draw(client: GatewayClient, looks: AsyncGenerator<ApprovalLook>, quit: AbortController): Promise<void> {
    const { showInbox } = await import('../../src/cli/views/inbox.js')
    const inbox = new Inbox({
      person: client.credentials.claims.name,
      gateway: client.route.url.host,
      send: (id, vote, reason) =>
        client.post<Approval>(`/v1/approvals/${id}/${vote}`, { ...(reason !== undefined && { reason }) }),
      quit: () => quit.abort(),
    })
    const stop = showInbox(inbox)
    const ended = new Promise<void>((resolve) => {
      for (const signal of [this.signal, quit.signal]) signal.addEventListener('abort', () => resolve(), { once: true })
    })
    try {
      await Promise.race([ended, inbox.follow(looks)])
    } finally {
      await stop()
      // The inbox's screen is gone: what was decided stays on the one before.
      for (const line of inbox.done) this.log(plain(line))
    }
    this.signal.throwIfAborted()
  }
}
