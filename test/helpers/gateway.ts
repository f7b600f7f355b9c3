import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { setTimeout } from 'node:timers/promises'
import { parseDocument } from 'yaml'
import { initializeGateway } from '../../src/operator/init/init.js'
import { startIdp, type Idp } from '../../src/demo/idp.js'
import { hoop, startHoop, type HoopResult, type RunningHoop } from './command/hoop.js'
import { hoopLogin, idToken } from './login.js'
import { freePort } from './postgres/postgres.js'
import { tempFolder } from './temp.js'

type Section = Readonly<Record<string, unknown>>

export interface TestGatewayOptions {
  /** Where the connection `vectordb` leads, with its password; ignored where `connections` is given. */
  readonly database?: string
  /** As in hoop.yaml. By default `vectordb`, with the policy `open` for contractors and ml-eng. */
  readonly connections?: Section
  /** Members of `vectordb` over those that `hoop gateway init` writes; ignored where `connections` is given. */
  readonly connection?: Section
  /** Who may use `vectordb`, as in hoop.yaml. */
  readonly access?: readonly Section[]
  /** As in hoop.yaml. By default `open`, which hides and forbids nothing. */
  readonly policies?: Section
  /** Members over those that `hoop gateway init` writes. */
  readonly gateway?: Section
  readonly identity?: Section
  /** An identity provider of the test's own; the gateway's otherwise. */
  readonly idp?: Idp
  /** What has to answer before it counts as started; `/readyz` unless given. */
  readonly ready?: '/livez' | '/readyz'
  /** Variables of the gateway's process. */
  readonly env?: Readonly<Record<string, string>>
}

/** A running `hoop gateway start` with everything around it. Disposing it kills the process and removes its folder. */
export interface TestGateway extends AsyncDisposable {
  readonly url: string
  readonly caFile: string
  readonly folder: string
  readonly configFile: string
  readonly idp: Idp
  readonly server: RunningHoop
  /** HOOP_HOME of one person, made where it isn't there. */
  home(person: string): string
  /** Logs in by the device flow, as one of the provider's accounts. */
  login(account: string): Promise<HoopResult>
  /** Runs a command as somebody: with the login kept in their home, or else with an ID token in HOOP_TOKEN. */
  hoop(account: string, args: readonly string[], input?: string): Promise<HoopResult>
  /** `hoop connect NAME` as somebody, with an ID token; dispose it to close the port. */
  connect(account: string, name?: string, env?: Readonly<Record<string, string>>): Promise<OpenPort>
  /** Ends the process by a signal and waits for it. */
  end(signal?: NodeJS.Signals): Promise<HoopResult>
  /** Starts it again, after `end`, on the same port and folder. */
  restart(): Promise<void>
  /** The same, where it is to end instead of becoming ready. */
  startInVain(): Promise<HoopResult>
}

export interface OpenPort extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly dsn: string
  readonly process: RunningHoop
}

const open = { groups: ['contractors', 'ml-eng'], policy: 'open' }

const writeConfiguration = async (
  file: string,
  { connections, connection = {}, access, policies, gateway, identity }: TestGatewayOptions,
) => {
  const document = parseDocument(await readFile(file, 'utf8'))
  for (const [name, value] of Object.entries(gateway ?? {})) document.setIn(['gateway', name], value)
  for (const [name, value] of Object.entries({ auditors: ['security'], admins: ['platform'], ...identity })) {
    document.setIn(['identity', name], value)
  }
  if (connections) document.set('connections', connections)
  else
    for (const [name, value] of Object.entries({ access: access ?? [open], ...connection }))
      document.setIn(['connections', 'vectordb', name], value)
  document.set('policies', policies ?? { open: {} })
  await writeFile(file, document.toString())
}

const isReady = (url: URL, ca: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    get(url, { ca, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    }).on('error', () => resolve(false))
  })

const waitUntilReady = async (server: RunningHoop, url: URL, ca: Buffer): Promise<void> => {
  let ended = false
  void server.ended.then(() => (ended = true))
  for (let tries = 0; !(await isReady(url, ca)); tries++) {
    if (ended || tries > 1200) throw new Error(`the gateway did not start:\n${server.stdout}\n${server.stderr}`)
    await setTimeout(50)
  }
}

/**
 * Sets up a gateway as `hoop gateway init` does, changes its configuration as asked for, and starts the real command.
 * @throws {Error} with its output, where it doesn't become ready
 */
export const startTestGateway = async (options: TestGatewayOptions = {}): Promise<TestGateway> => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder('hoop-gateway-'))
  const idp = options.idp ?? stack.use(await startIdp({ interval: 0.1 }))
  const url = `https://127.0.0.1:${await freePort()}`
  const database = new URL(options.database ?? 'postgres://nobody@127.0.0.1:1/none')
  const password = decodeURIComponent(database.password) || randomBytes(8).toString('hex')
  database.password = ''
  await initializeGateway(folder.path, {
    url,
    listen: new URL(url).host,
    issuer: idp.issuer,
    clientId: idp.clientId,
    group: 'contractors',
    connection: { name: 'vectordb', url: database.href, password },
  })
  const configFile = folder.file('hoop.yaml')
  await writeConfiguration(configFile, options)
  const caFile = folder.file('tls', 'ca.pem')
  const ca = await readFile(caFile)
  const start = () =>
    startHoop(['gateway', 'start', '--config', configFile], { home: folder.path, env: options.env ?? {} })
  const ready = new URL(options.ready ?? '/readyz', url)
  let server = start()
  stack.defer(() => server[Symbol.asyncDispose]())
  await waitUntilReady(server, ready, ca)

  const loggedIn = new Set<string>()
  const home = (person: string) => folder.file('homes', person)
  const optionsOf = async (account: string) => ({
    home: home(account),
    cwd: folder.path,
    env: loggedIn.has(account) ? {} : { HOOP_TOKEN: await idToken(idp, account), HOOP_GATEWAY: url, HOOP_CA: caFile },
  })
  const owned = stack.move()
  return {
    url,
    caFile,
    folder: folder.path,
    configFile,
    idp,
    get server() {
      return server
    },
    home,
    login: async (account) => {
      const result = await hoopLogin(idp, account, { url, caFile }, { home: home(account), cwd: folder.path })
      if (result.status === 0) loggedIn.add(account)
      return result
    },
    hoop: async (account, args, input = '') => hoop(args, { ...(await optionsOf(account)), input }),
    connect: async (account, name = 'vectordb', env = {}) => {
      const own = await optionsOf(account)
      const running = startHoop(['connect', name, '--json'], { ...own, env: { ...own.env, ...env } })
      const [, line = ''] = await running.until(/^(\{"event":"listening".*\})$/m, 60_000)
      const { host, port, dsn } = JSON.parse(line) as { host: string; port: number; dsn: string }
      return { host, port, dsn, process: running, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() }
    },
    end: async (signal = 'SIGTERM') => {
      server.process.kill(signal)
      return server.ended
    },
    restart: async () => {
      await server.ended
      server = start()
      await waitUntilReady(server, ready, ca)
    },
    startInVain: async () => {
      await server.ended
      server = start()
      return server.ended
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
