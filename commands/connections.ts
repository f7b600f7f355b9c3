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
        availability(c),
        c.description,
      ])
      this.log(table(['name', 'database', 'policy', 'masks', 'rules', 'available', 'description'], rows))
      for (const { name, unavailable } of connections) this.tellUnavailable(name, unavailable)
      for (const connection of connections) this.#terms(connection)
    }
    return { connections }
  }

  #terms({ name, masks, rules }: ConnectionInfo): void {
    const lines = [...masks.map((mask) => `  mask  ${mask}`), ...rules.map((rule) => `  rule  ${rule}`)]
    if (lines.length > 0) this.log(['', plain(name), ...lines.map((line) => plain(line))].join('\n'))
  }
}

/** Some of its databases may be in use while others can't be. */
const availability = ({ databases, unavailable = [] }: ConnectionInfo): string => {
  const others = databases.length - new Set(unavailable.map(({ database }) => database)).size
  return unavailable.length === 0 ? 'yes' : others > 0 ? 'in part' : 'not now'
}

const masks = ({ masks, clear }: ConnectionInfo): string =>
  clear && masks.length > 0 ? `${masks.length}, clear for you` : String(masks.length)
