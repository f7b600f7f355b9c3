import type { ConnectionInfo } from '../src/lib/api.js'
import { ListCommand } from '../src/cli/list/command.js'
import type { Column } from '../src/cli/list/list.js'
import { terminalColumns } from '../src/cli/failure.js'
import { plain, wrapWords } from '../src/cli/text.js'

export default class Connections extends ListCommand {
  static override summary = 'List what you may connect to, and on what terms.'
  static override aliases = ['ls']
  static override examples = [
    '<%= config.bin %> connections',
    { description: 'with every mask and rule', command: '<%= config.bin %> connections --json' },
  ]

  async run() {
    const { flags } = await this.parse(Connections)
    const { openClient } = await import('../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { connections } = await client.get<{ connections: ConnectionInfo[] }>('/v1/connections')
    const { leaveNames } = await import('../src/agent/files/completion-names.js')
    await leaveNames(
      this.env,
      'connections',
      connections.map(({ name }) => name),
    )
    await leaveNames(
      this.env,
      'policies',
      connections.map(({ policy }) => policy),
    )
    if (connections.length === 0) this.say('There is no connection that you may use. Ask an administrator for access.')
    else {
      await this.list(columns, connections, flags)
      for (const { name, unavailable } of connections) this.tellUnavailable(name, unavailable)
      for (const connection of connections) this.#terms(connection)
    }
    return { connections }
  }

  #terms({ name, masks, rules }: ConnectionInfo): void {
    const columns = terminalColumns(process.stdout)
    // What goes on in another line stands below the words, not below what they are.
    const lines = (what: string, text: string): string[] =>
      wrapWords(plain(text), columns - 8).map((line, at) => `  ${at === 0 ? what : '    '}  ${line}`)
    const all = [...masks.flatMap((mask) => lines('mask', mask)), ...rules.flatMap((rule) => lines('rule', rule))]
    if (all.length > 0) this.log(['', plain(name), ...all].join('\n'))
  }
}

/** Some of its databases may be in use while others can't be. */
const availability = ({ databases, unavailable = [] }: ConnectionInfo): string => {
  const others = databases.length - new Set(unavailable.map(({ database }) => database)).size
  return unavailable.length === 0 ? 'yes' : others > 0 ? 'in part' : 'not now'
}

const masks = ({ masks, clear }: ConnectionInfo): string =>
  clear && masks.length > 0 ? `${masks.length}, clear for you` : String(masks.length)

const columns: readonly Column<ConnectionInfo>[] = [
  { heading: 'name', of: ({ name }) => name },
  { heading: 'database', goes: 3, of: ({ databases }) => databases.join(', ') },
  { heading: 'policy', goes: 1, of: ({ policy }) => policy },
  { heading: 'masks', goes: 4, of: masks },
  { heading: 'rules', goes: 5, of: ({ rules }) => rules.length },
  { heading: 'available', goes: 2, of: availability },
  { heading: 'description', wraps: true, of: ({ description }) => description },
]
