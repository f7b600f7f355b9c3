import type { ConnectionInfo } from '../src/lib/api.js'
import { ClientCommand } from '../src/cli/command.js'
import { table } from '../src/cli/table.js'
import { plain } from '../src/cli/text.js'

export default class Connections extends ClientCommand {
  static override summary = 'List what you may connect to, and on what terms.'
  static override examples = [
    '<%= config.bin %> connections',
    { description: 'with every mask and rule', command: '<%= config.bin %> connections --json' },
  ]

  async run(): Promise<object> {
    const { flags } = await this.parse(Connections)
    const { openClient } = await import('../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { connections } = await client.get<{ connections: ConnectionInfo[] }>('/v1/connections')
    if (connections.length === 0) this.say('There is no connection that you may use. Ask an administrator for access.')
    else {
      const rows = connections.map((c) => [
        c.name,
        c.databases.join(', '),
        c.policy,
        masks(c),
        c.rules.length,
        c.description,
      ])
      this.log(table(['name', 'database', 'policy', 'masks', 'rules', 'description'], rows))
      for (const connection of connections) this.#terms(connection)
    }
    return { connections }
  }

  #terms({ name, masks, rules }: ConnectionInfo): void {
    const lines = [...masks.map((mask) => `  mask  ${mask}`), ...rules.map((rule) => `  rule  ${rule}`)]
    if (lines.length > 0) this.log(['', plain(name), ...lines.map((line) => plain(line))].join('\n'))
  }
}

const masks = ({ masks, clear }: ConnectionInfo): string =>
  clear && masks.length > 0 ? `${masks.length}, clear for you` : String(masks.length)
