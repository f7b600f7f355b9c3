import { mkdir, readFile } from 'node:fs/promises'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { cleanEnvironment, executable, run, type Ran } from './command.js'
import { configure } from './configuration.js'
import { serveDatabase, type DemoDatabase } from './database/serve.js'
import { startIdp, type Idp } from './idp.js'
import { startKeeper, type Keeper, type KeptServer } from './keeper.js'
import type { Printer } from './print.js'

/** Milliseconds for one command or server of the demo; they take one or two seconds on a slow machine. */
const patience = 45_000

export interface CommandOptions {
  /** How the line is shown, where it differs from the arguments. */
  readonly shown?: string
  /** The exit status that is right; anything else fails the step. */
  readonly status?: number
  readonly onText?: (soFar: string) => void
}

/** Everything that the tour plays with. Disposing it ends every process and removes the folder. */
export interface Scene extends AsyncDisposable {
  readonly folder: string
  readonly url: string
  readonly idp: Idp
  readonly printer: Printer
  /** Runs a hoop command as one of the people, shows it and what it writes, and checks its status. */
  hoop(person: string, args: readonly string[], options?: CommandOptions): Promise<Ran>
  /** Starts a hoop command that goes on until the scene ends. */
  start(person: string, args: readonly string[]): KeptServer
}

/** An outcome that isn't what the demo promises. */
export class Unexpected extends Error {}

export const expect = (outcome: boolean, promised: string): void => {
  if (!outcome) throw new Unexpected(promised)
}

/** Where `hoop gateway init` leaves the CA, as a client is told of it. */
export const authority = 'tls/ca.pem'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** As a shell takes it. */
const quoted = (word: string) =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : /["$`\\!]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : `"${word}"`

const environmentOf = (folder: string, person: string) =>
  cleanEnvironment({
    HOOP_HOME: join(folder, 'home', person),
    HOOP_KEYRING: 'file', // the demo leaves nothing in the keyring of whoever runs it
    NO_COLOR: '1',
    HOOP_DEMO_PERSON: person,
  })

const initialize = async (folder: string, database: DemoDatabase, idp: Idp, signal: AbortSignal): Promise<string> => {
  const url = `https://127.0.0.1:${await freePort()}`
  const flags = { url, issuer: idp.issuer, 'client-id': idp.clientId, connection: `vectordb=${database.url}` }
  const args = ['gateway', 'init', folder, ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])]
  const { status, output } = await run(args, {
    cwd: folder,
    env: cleanEnvironment({}),
    signal,
    onText: () => undefined,
  })
  if (status !== 0) throw new Error(`hoop gateway init failed:\n${output}`)
  await configure(join(folder, 'hoop.yaml'))
  return url
}

const answers = (url: URL, ca: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    get(url, { ca, agent: false }, ({ statusCode }) => resolve(statusCode === 200)).on('error', () => resolve(false))
  })

const startGateway = async (folder: string, keeper: Keeper, url: string, signal: AbortSignal): Promise<void> => {
  const args = ['gateway', 'start', '--config', join(folder, 'hoop.yaml'), '--drain', '1s']
  const gateway = keeper.start([executable, ...args], cleanEnvironment({}))
  const ca = await readFile(join(folder, authority))
  const ready = new URL('/readyz', url)
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  while (!(await answers(ready, ca))) {
    if (gateway.ended || deadline.aborted) throw new Error(`hoop gateway start failed:\n${gateway.output}`)
    await setTimeout(100)
  }
}

/** Starts the database, the identity provider and the gateway, all on loopback and on ports that are free. */
export const setScene = async (printer: Printer, signal: AbortSignal): Promise<Scene> => {
  await using stack = new AsyncDisposableStack()
  const keeper = stack.use(await startKeeper())
  const [database, idp] = await Promise.all([serveDatabase(), startIdp()])
  stack.use(idp)
  stack.use(database)
  const { folder } = keeper
  const url = await initialize(folder, database, idp, signal)
  await startGateway(folder, keeper, url, signal)
  const owned = stack.move()
  return {
    folder,
    url,
    idp,
    printer,
    hoop: async (person, args, { shown, status = 0, onText } = {}) => {
      printer.command(person, shown ?? ['hoop', ...args.map(quoted)].join(' '))
      await mkdir(join(folder, 'home', person), { recursive: true, mode: 0o700 })
      const ran = await run(args, {
        cwd: folder,
        env: environmentOf(folder, person),
        signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
        onText: (text, soFar) => {
          printer.output(text)
          onText?.(soFar)
        },
      })
      expect(ran.status === status, `exit status ${status}, not ${ran.status}`)
      return ran
    },
    start: (person, args) => keeper.start([executable, ...args], environmentOf(folder, person)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
