import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayClient } from '../../../src/agent/api/client.js'
import { tokenCredentials } from '../../../src/agent/login/credentials.js'
import { startIdp, type Idp } from '../../../src/demo/idp.js'
import { idToken } from '../../helpers/login.js'
import { freePort } from '../../helpers/postgres/postgres.js'
import type { Contender } from '../contenders.js'
import { connections, writePolicy } from './policy.js'
import { announced, end, run } from './process.js'
import type { Server } from './server.js'

/** A gateway and an agent, each a process of its own, as people run them. */
export interface Hoop extends AsyncDisposable {
  /** Rules and recording on, nothing in the tables read is masked. */
  readonly plain: Contender
  /** The same, and one text column masked. */
  readonly masked: Contender
  /** As plain, with all that leaves counted against budgets. */
  readonly counted: Contender
  readonly processes: { readonly gateway: number; readonly agent: number }
  /** Addresses of the processes' inspectors, where `inspect` was asked for. */
  readonly inspectors: { readonly gateway: string; readonly agent: string } | undefined
  /** Requests to the gateway's API as the person whose sessions these are. */
  api(): Promise<Api>
  /** Runs `hoop …` to its end. @throws where its status isn't 0 */
  command(args: readonly string[]): Promise<void>
}

export type Api = Pick<GatewayClient, 'get' | 'post'> & AsyncDisposable

export interface HoopOptions {
  /** The repository's root, with the built product in dist. */
  readonly root: string
  readonly folder: string
  readonly signal: AbortSignal
  readonly inspect: boolean
  /** Whether the tables with vectors are there to be masked. */
  readonly vectors: boolean
}

const person = { account: 'mika', group: 'ml-eng' }

/** Runs the commands that a person and an operator run, in a home of their own. */
class Commands {
  readonly #program: string
  readonly #env: NodeJS.ProcessEnv
  readonly #options: HoopOptions

  constructor(options: HoopOptions) {
    this.#options = options
    this.#program = join(options.root, 'bin', 'run.js')
    this.#env = {
      PATH: process.env['PATH'],
      HOME: options.folder,
      HOOP_HOME: join(options.folder, 'home'),
      HOOP_KEYRING: 'file',
    }
  }

  async run(args: readonly string[]): Promise<void> {
    await run(process.execPath, [this.#program, ...args], { env: this.#env, signal: this.#options.signal })
  }

  start(args: readonly string[], node: readonly string[] = []): ChildProcess {
    return spawn(process.execPath, [...node, this.#program, ...args], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** Starts a process that stays, and waits for what it says when it is ready. */
  async stay(args: readonly string[], stream: 'stdout' | 'stderr', ready: RegExp) {
    const { inspect } = this.#options
    const child = this.start(args, inspect ? ['--inspect=127.0.0.1:0'] : [])
    const [inspector, said] = await Promise.all([
      inspect ? announced(child, 'stderr', /ws:\/\/\S+/) : undefined,
      announced(child, stream, ready),
    ]).catch(async (error: unknown) => {
      await end(child)
      throw error
    })
    return { child, said, inspector: inspector?.[0] }
  }

  /** The device flow; a script walks the browser's steps. */
  async login(idp: Idp, gateway: string, ca: string): Promise<void> {
    const child = this.start(['login', gateway, '--ca', ca])
    const gone = once(child, 'exit')
    const [code] = await announced(child, 'stderr', /\b[A-Z]{4}-[A-Z]{4}\b/)
    await idp.approve(code, person.account)
    const [status] = (await gone) as [number | null]
    if (status !== 0) throw new Error(`hoop login ended with status ${status}`)
  }
}

const apiOf = async (idp: Idp, url: string, ca: string): Promise<Api> => {
  const over = new AbortController()
  const route = { url: new URL(url), ca: await readFile(ca, 'utf8') }
  const client = new GatewayClient(route, await tokenCredentials(await idToken(idp, person.account)), over.signal)
  return {
    get: (path) => client.get(path),
    post: (path, body) => client.post(path, body),
    [Symbol.asyncDispose]: () => Promise.resolve(client.close()),
  }
}

/** What `gateway init` makes, with the bench's policies. */
const configure = async (commands: Commands, server: Server, idp: Idp, options: HoopOptions) => {
  const folder = join(options.folder, 'gateway')
  const port = await freePort()
  const url = `https://localhost:${port}`
  const { user, password, database } = server
  const target = `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`
  await commands.run([
    ...['gateway', 'init', folder, '--url', url, '--listen', `127.0.0.1:${port}`],
    ...['--issuer', idp.issuer, '--client-id', idp.clientId, '--group', person.group],
    ...['--connection', `${connections.plain}=${target}?sslmode=verify-full&sslrootcert=${server.caFile}`],
  ])
  const config = join(folder, 'hoop.yaml')
  await writePolicy(config, person.group, options.vectors)
  return { url, config, ca: join(folder, 'tls', 'ca.pem') }
}

const namesOf = Object.values(connections)

/** The first events of `connect --json`: a line for each connection, with its port. */
const allListening = new RegExp(`(?:"event":"listening".*\\n[^]*){${namesOf.length}}`)

const portsOf = (lines: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    lines
      .split('\n')
      .filter((line) => line.includes('"listening"'))
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as { name: string; port: number })
      .map(({ name, port }) => [name, port]),
  )

/** Sets up and starts a gateway, logs a person in, and opens ports to it, all by hoop's own commands. */
export const startHoop = async (server: Server, options: HoopOptions): Promise<Hoop> => {
  await using stack = new AsyncDisposableStack()
  const idp = stack.use(await startIdp())
  const commands = new Commands(options)
  const { url, config, ca } = await configure(commands, server, idp, options)
  const gateway = await commands.stay(['gateway', 'start', '--config', config, '--json'], 'stdout', /"listening"/)
  stack.defer(() => end(gateway.child))
  await commands.login(idp, url, ca)
  const agent = await commands.stay(['connect', ...namesOf, '--json'], 'stdout', allListening)
  stack.defer(() => end(agent.child))
  const ports = portsOf(agent.said.input)
  const processes = { gateway: gateway.child.pid!, agent: agent.child.pid! }
  const contender = (name: string, connection: string): Contender => ({
    ...{ name, port: ports[connection]!, user: server.user, password: '', database: server.database },
    ...{ sslmode: 'disable', processes },
  })
  const owned = stack.move()
  return {
    plain: contender('hoop', connections.plain),
    masked: contender('hoop-masked', connections.masked),
    counted: contender('hoop-counted', connections.counted),
    processes,
    inspectors:
      gateway.inspector && agent.inspector ? { gateway: gateway.inspector, agent: agent.inspector } : undefined,
    api: () => apiOf(idp, url, ca),
    command: (args) => commands.run(args),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
