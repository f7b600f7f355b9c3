import { mkdir, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Client } from 'pg'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway, type OpenPort, type TestGateway } from '../helpers/gateway.js'
import { freePort, type TestPostgres } from '../helpers/postgres/postgres.js'
import { type SmallDisk, smallDisk } from '../helpers/small-disk.js'
import { type TempFolder, tempFolder } from '../helpers/temp.js'
import { startIdp } from '../../src/demo/idp.js'
import { person, type Person } from '../gateway/server/start/person.js'
import * as clock from './clock.js'
import { checkEvidence, keepRecordings, verifyAll } from './evidence.js'
import { people, type Fault, type Who } from './fault.js'
import { hangingEnvironment } from './hanging-disk.js'
import { heardOf, type Session, work } from './session.js'
import { startWire, type Wire } from './wire.js'

/** A running gateway with two connections to two servers, and everybody of `people` at work. */
export interface World extends AsyncDisposable {
  readonly gateway: TestGateway
  readonly postgres: TestPostgres
  /** Asks the first server, past the gateway and as the superuser, on a connection of its own. */
  readonly direct: (text: string) => Promise<Record<string, unknown>[]>
  readonly sessions: Readonly<Record<Who, Session>>
  readonly disk: SmallDisk | undefined
  readonly port: OpenPort
  /** Between the agent and the gateway. */
  readonly wire: Wire
  /** Between everybody and the identity provider. */
  readonly provider: Wire
  readonly recordings: string
  readonly store: string
  /** A folder for what a fault needs to keep. */
  readonly kept: TempFolder
  /** Keeps what of the recordings is about to be deleted as evidence. */
  keep(): Promise<void>
  /** Somebody new opens a session and asks something. @returns `let in`, or what they heard */
  newcomer(connection?: 'elsewhere'): Promise<string>
  /** Opens sessions anew for those who have none, or were hurt. */
  refresh(): Promise<void>
  /** Holds what ran and was acknowledged so far against the recordings. */
  evidence(): Promise<void>
  /** Everybody ends their sessions. */
  stop(): Promise<void>
  /** Reads all recordings, after the gateway has ended: each is sound, and has an end. */
  whole(): Promise<void>
  /** All of what clients were told. */
  words(): string
}

const schema = `
  CREATE TABLE ran (who text, n int);
  CREATE TABLE copied (n int);
  CREATE TABLE people (id int, email text);
  INSERT INTO people VALUES (1, 'somebody@example.com')`

const policies = { open: { masks: [{ columns: ['public.people.email'], with: 'email' }] } }

const ask = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

const databaseOf = (url: string): string => new URL(url).pathname.slice(1)

/** A database of the world's own on a server that may go down; it goes with the server. */
const databaseOn = async (postgres: TestPostgres): Promise<string> => {
  const name = `faults_${randomBytes(4).toString('hex')}`
  await ask(postgres.url, `CREATE DATABASE ${name}`)
  return postgres.url.replace(/\/postgres$/, `/${name}`)
}

const connectionTo = async (url: string, file: string) => {
  const address = new URL(url)
  await writeFile(file, decodeURIComponent(address.password), { mode: 0o600 })
  address.password = ''
  address.search = '?connect_timeout=2'
  return {
    url: address.href,
    password: `file:${file}`,
    access: [{ groups: ['contractors', 'ml-eng'], policy: 'open' }],
  }
}

/** Variables of the gateway's process. */
const environmentOf = (needs: Fault['needs'], kept: TempFolder, store: string): Readonly<Record<string, string>> => {
  if (needs === 'libfaketime') return clock.environment(kept)
  return needs === 'cc' ? hangingEnvironment(kept, store) : {}
}

/** Milliseconds between two renewals of a grant that is good for 20 s. */
const RENEWAL = 5_000

/** Somebody whose grants are renewed while they work, as an agent's are, where they are good for no longer than a fault. */
const worker = async (one: Person, stack: AsyncDisposableStack, brief: boolean): Promise<Pick<Person, 'connect'>> => {
  if (!brief) return one
  let held = await one.grant()
  const renewing = setInterval(() => {
    one.grant(held).then(
      (next) => (held = next),
      () => undefined,
    )
  }, RENEWAL)
  stack.defer(() => clearInterval(renewing))
  return { connect: () => one.connect(held) }
}

export const openWorld = async (
  postgres: TestPostgres,
  { disk: part, needs, brief = false }: Pick<Fault, 'disk' | 'needs' | 'brief'>,
): Promise<World> => {
  await using stack = new AsyncDisposableStack()
  const kept = stack.use(await tempFolder('hoop-faults-'))
  const [first, other] = [await databaseOn(postgres), stack.use(await freshDatabase())]
  for (const url of [first, other.url]) await ask(url, schema)
  const wire = stack.use(await startWire())
  const provider = stack.use(await startWire(() => idpPort))
  const idpPort = await freePort()
  const idp = stack.use(await startIdp({ interval: 0.1, port: idpPort, issuer: provider.url }))
  // SQLite lets what is new grow to some 4 MB beside each of the store's two files.
  const size = (part === 'store' ? 64 : 4) * 2 ** 20
  const disk = part && stack.adopt(smallDisk(kept.file('small'), size), (it) => it[Symbol.dispose]())
  const on = (name: string) => (part === name ? kept.file('small', name) : kept.file(name))
  const [recordings, storeFolder] = [on('recordings'), on('store')]
  await mkdir(storeFolder)
  const store = join(storeFolder, 'hoop.db')
  const gateway = stack.use(
    await startTestGateway({
      idp,
      connections: {
        vectordb: await connectionTo(first, kept.file('first.password')),
        elsewhere: await connectionTo(other.url, kept.file('second.password')),
      },
      policies,
      gateway: {
        ...{ store: `sqlite:${store}`, recordings: `file:${recordings}`, drain: '1s' },
        ...(brief && { limits: { link: '2s' } }),
      },
      ...(brief && { identity: { grant: { ttl: '20s' } } }),
      ready: '/livez', // a small disk is full enough not to be ready
      env: environmentOf(needs, kept, storeFolder),
    }),
  )
  const someone = async (connection?: string) =>
    worker(stack.use(await person(idp, 'mika', gateway, connection)), stack, brief)
  const [mika, far] = [await someone(), await someone('elsewhere')]
  const ports = stack.use(new AsyncDisposableStack())
  const openPort = async () =>
    ports.use(await gateway.connect('casey', 'vectordb', { HTTPS_PROXY: wire.url, https_proxy: wire.url }))
  let port = await openPort()
  const throughPort = async () => {
    const client = new Client({ host: port.host, port: port.port, user: 'casey', database: databaseOf(first) })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  /** An agent that has ended, or whose grant the gateway has forgotten, is started again. */
  const throughSomePort = () =>
    throughPort().catch(async () => {
      await port[Symbol.asyncDispose]()
      port = await openPort()
      return throughPort()
    })
  const connect = async (who: Who): Promise<Client> => {
    if (who === 'agent') return throughSomePort()
    return (await (who === 'elsewhere' ? far : mika).connect()).client
  }
  const everybody: Session[] = []
  const sessions: Partial<Record<Who, Session>> = {}
  const refresh = async () => {
    for (const who of Object.keys(people) as Who[]) {
      const before = sessions[who]
      if (before && before.heard === undefined && !before.over) continue
      await before?.stop()
      everybody.push((sessions[who] = await work(who, await connect(who), 100_000 * everybody.length)))
    }
  }
  await refresh()
  const stop = async () => void (await Promise.all(everybody.map((session) => session.stop())))
  stack.defer(stop)
  const told: string[] = []
  const recover: (() => Promise<void>)[] = []
  const newcomer = async (connection?: 'elsewhere') => {
    try {
      const { client } = await (connection ? far : mika).connect()
      await client.query('SELECT 1')
      await client.end()
      return 'let in'
    } catch (error) {
      told.push(`${String(error)} ${JSON.stringify(error)}`)
      return heardOf(error)
    }
  }
  const evidence = async () => {
    const acknowledged = everybody.flatMap(({ who, acknowledged: ns }) => ns.map((n) => ({ who, n })))
    // Read in this order, what runs meanwhile is no exception.
    const ran = await Promise.all([first, other.url].map((url) => ask(url, 'SELECT who, n FROM ran')))
    for (const each of recover.splice(0)) await each()
    await checkEvidence(
      [recordings, kept.file('kept')],
      ran.flat() as unknown as { who: Who; n: number }[],
      acknowledged,
    )
  }
  const whole = () => verifyAll(recordings)
  const owned = stack.move()
  return {
    ...{ gateway, postgres, disk, wire, provider, recordings, store, kept },
    sessions: sessions as Record<Who, Session>,
    get port() {
      return port
    },
    ...{ refresh, newcomer, stop, evidence, whole },
    direct: (text) => ask(first, text),
    keep: async () => void recover.push(await keepRecordings(recordings, kept.file('kept'))),
    words: () => [...everybody.map(({ words }) => words), ...told].join('\n'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
