import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { type Idp, startIdp } from '../../../src/demo/idp.js'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { freePort } from '../../helpers/postgres/postgres.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'
import { homeOf, program, type Typing, typing, type Typist } from './shell.js'

/** What the pages take for granted: a database with customers, an identity provider, a free port; and names for them. */
export interface World extends AsyncDisposable {
  readonly folder: TempFolder
  readonly database: FreshDatabase
  readonly idp: Idp
  readonly url: string
  /** Of the gateway, in place of `/etc/hoop`. */
  readonly home: string
  /** The role that the pages call `hoop` or `app`; its password is `secret`. */
  readonly role: string
  readonly operator: Typist
  /** Lines as they stand on a page, with this world's names in place of the page's. */
  readonly here: (text: string) => string
  /** Somebody else at a terminal. */
  person(name: string): Promise<Typist>
  /** Puts members into `hoop.yaml`, in place of those that are there. */
  configure(path: readonly string[], value: unknown): Promise<void>
  /** Puts YAML as it stands on a page into `hoop.yaml`. */
  configureFrom(text: string): Promise<void>
  /** `hoop login`, with a browser; and whatever follows it. */
  login(who: Typist, account: string, lines: string, input?: string): Promise<string>
  /** Lines that start a gateway; back when it is ready. Ended with the world. */
  start(lines: string): Promise<Typing>
}

const psql = fileURLToPath(new URL('psql.mjs', import.meta.url))

export interface Placed {
  /** Another user of this machine, who does all of it. */
  readonly uid?: number
  /** The folder of `node`; that of this process unless given. */
  readonly node?: string
}

/** @param hoop the words that start it */
export const setWorld = async (hoop: readonly string[], { uid, node }: Placed = {}): Promise<World> => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder('hoop-walk-'))
  // The folder of a test is its own; here somebody else has to get to theirs.
  if (uid !== undefined) await chmod(folder.path, 0o755)
  const database = stack.use(await freshDatabase())
  const idp = stack.use(await startIdp({ interval: 0.1 }))
  const role = `walk_${randomBytes(4).toString('hex')}`
  const admin = await database.client()
  await admin.query(`CREATE TABLE customers (id int, name text, email text, ssn text);
    INSERT INTO customers VALUES (1, 'Mei', 'mei@example.net', '123-45-5088'), (2, 'Farid', 'farid@mail.example', '987-65-7129')`)
  const url = `https://localhost:${await freePort()}`
  const { port } = new URL(database.url)
  const bin = folder.file('bin')
  await program(`${bin}/hoop`, ...hoop)
  if (!existsSync('/usr/bin/psql')) await program(`${bin}/psql`, process.execPath, psql)
  const caFile = folder.file('database-ca.pem')
  await copyFile(inject('caFile'), caFile)
  const path = [bin, node ?? dirname(process.execPath)]
  const operator = await homeOf(folder.file('operator'), path, uid)
  const home = folder.file('operator', 'hoop')
  const config = `${home}/hoop.yaml`
  const owned = stack.move()
  const edit = async (change: (document: ReturnType<typeof parseDocument>) => void): Promise<void> => {
    const document = parseDocument(await readFile(config, 'utf8'))
    change(document)
    await writeFile(config, document.toString())
  }
  return {
    ...{ folder, database, idp, url, home, role, operator },
    here: (text) =>
      text
        .replaceAll('/etc/hoop', home)
        .replaceAll('https://gateway.example.com:8443', url)
        .replaceAll(/https:\/\/(?:keycloak\.example\.com\/realms\/acme|login\.example\.com)/g, idp.issuer)
        .replaceAll(
          /postgres:\/\/(?:hoop|app)(:?)\w*@db\.internal\/vectors\?sslmode=verify-full/g,
          (_, secret: string) =>
            `postgres://${role}${secret && ':secret'}@localhost:${port}/${database.name}?sslmode=verify-full&sslrootcert=${caFile}`,
        )
        .replaceAll('VECTORDB_PASSWORD=…', 'VECTORDB_PASSWORD=secret')
        .replaceAll('casey@example.com', 'casey@contractor.example'),
    person: (name) => homeOf(folder.file('homes', name), path, uid),
    configure: (at, value) => edit((document) => document.setIn(at, value)),
    configureFrom: (text) =>
      edit((document) => {
        for (const [section, members] of Object.entries(parse(text) as Record<string, Record<string, unknown>>))
          for (const [name, value] of Object.entries(members)) document.setIn([section, name], value)
      }),
    login: async (who, account, lines, input) => {
      const running = typing(who, lines, input)
      const [code] = await running.until(/\b[A-Z]{4}-[A-Z]{4}\b/)
      await idp.approve(code, account)
      const { status, out } = await running.ended
      if (status !== 0) throw new Error(`ended with ${status}:\n${lines}\n---\n${out}`)
      return out
    },
    start: async (lines) => {
      // So that a signal is the gateway's, and its status the shell's.
      const running = typing(operator, lines.replace(/^hoop gateway start/m, 'exec hoop gateway start'))
      owned.defer(async () => void (await running.end('SIGKILL')))
      await running.until(/listening/)
      return running
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
