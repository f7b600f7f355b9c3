import { once } from 'node:events'
import { boolean, integer, string } from '@oclif/core/flags'
import type { Connected, ConnectEvent } from '../src/agent/port/connect.js'
import { ClientCommand } from '../src/cli/command.js'
import { connectWords } from '../src/cli/connect/words.js'
import { ConnectPicture } from '../src/cli/connect/feed.js'
import { table } from '../src/cli/table.js'
import { HoopError } from '../src/lib/errors.js'

export default class Connect extends ClientCommand {
  static override summary = 'Open a port on this machine that leads to a database through the gateway.'
  static override description = `Any PostgreSQL client can use the port; any user name will do, and the database may be left out.
The port belongs to you: clients of other users are refused (Linux), or a password in the address is asked for (elsewhere).
A connection keeps its port from run to run.
With --json each event is a line, the first {"event":"listening","name":…,"host":…,"port":…,"dsn":…}.
With -- COMMAND, the command runs with PGHOST, PGPORT, PGUSER, PGDATABASE and DATABASE_URL set, and its exit status is returned.`
  static override examples = [
    { description: 'Open a port and keep it open', command: '<%= config.bin %> connect vectordb' },
    { description: 'Run psql and close the port after it', command: '<%= config.bin %> connect vectordb -- psql' },
    {
      description: 'several, with a reason for the record',
      command: '<%= config.bin %> connect vectordb billing --reason "ticket 4711"',
    },
    { description: 'so that psql service=vectordb works', command: '<%= config.bin %> connect vectordb --service' },
  ]
  static override usage = 'connect NAME... [FLAGS] [-- COMMAND...]'
  static override strict = false
  static override jsonLines = true
  static override flags = {
    port: integer({ char: 'p', min: 1, max: 65_535, helpValue: 'N', description: 'port to listen on; one NAME only' }),
    socket: boolean({ description: 'a Unix socket in a folder that only you can enter, instead of a port' }),
    password: boolean({
      description: 'ask clients for a password, shown in the address, instead of checking their user',
    }),
    reason: string({ helpValue: 'TEXT', description: 'why; it is recorded with each session' }),
    'break-glass': boolean({
      dependsOn: ['reason'],
      description: 'an emergency: run without an approval what needs one; it is recorded, and alerts at once',
    }),
    service: boolean({ description: 'keep an entry for it in ~/.pg_service.conf' }),
  }

  /** Ids of the sessions that went through the ports. */
  readonly #recorded = new Set<string>()

  async run(): Promise<void> {
    const at = this.argv.indexOf('--')
    const [own, command] = at < 0 ? [this.argv, []] : [this.argv.slice(0, at), this.argv.slice(at + 1)]
    const { argv, flags } = await this.parse(Connect, own)
    const names = argv as string[]
    if (names.length === 0) throw new HoopError('USAGE', 'which connection?', { hint: 'Run: hoop connections' })
    if (names.length > 1 && (flags.port !== undefined || command.length > 0))
      throw new HoopError('USAGE', '--port and -- COMMAND take one NAME')
    if (at >= 0 && command.length === 0) throw new HoopError('USAGE', 'a command is missing behind --')

    const { connect } = await import('../src/agent/port/connect.js')
    let tell = (event: ConnectEvent): void => this.#tell(event)
    const request = { env: this.env, names, ...flags, breakGlass: flags['break-glass'] }
    await using connected = await connect(request, (event) => tell(event), this.signal)
    for (const { name, info } of connected.connections) this.tellUnavailable(name, info.unavailable)
    if (flags.service) await this.#keepServices(connected)
    if (command.length > 0) this.exit(await this.#runCommand(connected, command))
    this.#announce(connected)
    tell = await this.#follow(connected)
    if (!this.signal.aborted) await once(this.signal, 'abort')
    if (!this.draws) this.#sayRecorded()
    throw this.signal.reason
  }

  #tell(event: ConnectEvent): void {
    this.event(event)
    const words = connectWords(event)
    if (words) this.say(words)
  }

  #announce({ connections }: Connected): void {
    for (const { name, address, dsn, info, grant, subject } of connections)
      this.event({
        event: 'listening',
        name,
        host: address.kind === 'tcp' ? address.host : address.folder,
        port: address.port,
        dsn,
        database: info.database,
        subject,
        expiresAt: grant.expiresAt.toISOString(),
      })
    if (this.draws) return
    const rows = connections.map(({ name, dsn, info }) => [name, dsn, info.policy])
    this.log(table(['name', 'address', 'policy'], rows))
    this.say('Listening. Ctrl-C ends it.')
  }

  async #keepServices({ connections }: Connected): Promise<void> {
    const { keepService } = await import('../src/agent/port/service-file.js')
    for (const { name, address, info } of connections) {
      const host = address.kind === 'tcp' ? address.host : address.folder
      const path = await keepService(this.env, { name, host, port: address.port, database: info.database })
      this.say(`psql service=${name} works now (${path}).`)
    }
  }

  async #runCommand({ connections: [only] }: Connected, [program = '', ...args]: string[]): Promise<number> {
    const [{ runChild }, { libpqEnvironment }] = await Promise.all([
      import('../src/cli/child.js'),
      import('../src/agent/port/libpq-environment.js'),
    ])
    return runChild(program, args, libpqEnvironment(this.env, only!))
  }

  /** Follows what the sessions do, and returns who is told of events from then on. Draws it on a terminal. */
  async #follow(connected: Connected): Promise<(event: ConnectEvent) => void> {
    const [{ mayChange }, { watchActivity }, { waitingLines }] = await Promise.all([
      import('../src/agent/api/sessions/totals.js'),
      import('../src/agent/api/sessions/activity.js'),
      import('../src/cli/connect/activity-lines.js'),
    ])
    const { client, connections } = connected
    const picture = this.draws ? new ConnectPicture(client.credentials.claims.name, client.route.url.host) : undefined
    const lastEvents = new Map<string, number>()
    const told = new Set<string>()
    const since = new Date().toISOString()
    for (const { name, dsn, grant, subject, sessions } of connections) {
      const news = () => mayChange(sessions(), lastEvents.get(name) ?? 0, Date.now())
      const watched = { chain: grant.chain, connection: name, subject, since }
      picture?.add(name, dsn, grant.expiresAt)
      void (async () => {
        for await (const { sessions: ids, ...activity } of watchActivity(client, watched, news, this.signal)) {
          for (const id of ids) this.#recorded.add(id)
          picture?.update(name, activity)
          for (const approval of picture ? [] : activity.waiting.filter(({ id }) => !told.has(id))) {
            told.add(approval.id)
            const { id, rule, expiresAt, text } = approval
            this.event({ event: 'waiting', name, approval: id, rule, expiresAt, text })
            this.say(waitingLines(approval).join('\n'))
          }
        }
      })()
    }
    if (!picture)
      return (event) => {
        if (event.event === 'session') lastEvents.set(event.name, Date.now())
        this.#tell(event)
      }
    const { showConnect } = await import('../src/cli/views/connect.js')
    const stop = showConnect(picture)
    this.signal.addEventListener('abort', () => void stop().then(() => this.#sayRecorded()), { once: true })
    return (event) => {
      if (event.event === 'session') {
        lastEvents.set(event.name, Date.now())
        picture.update(event.name, { open: event.open })
      } else if (event.event === 'renewed')
        picture.update(event.name, { expiresAt: new Date(event.expiresAt), problem: undefined })
      else picture.update(event.name, { problem: connectWords(event) })
    }
  }

  /** How to see again what was done. */
  #sayRecorded(): void {
    const ids = [...this.#recorded]
    for (const id of ids.slice(0, 3)) this.say(`Recorded: hoop sessions replay ${id}`)
    if (ids.length > 3) this.say(`${ids.length - 3} more: hoop sessions list`)
  }
}
