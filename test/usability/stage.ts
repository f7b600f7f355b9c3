import { readFile } from 'node:fs/promises'
import { Client, type DatabaseError } from 'pg'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'
import { guardOf } from '../gateway/relay/policy.js'
import { relayServer } from '../gateway/relay/relay-server.js'

/** Customers' and suppliers' names, addresses, phones and balances. */
export const policy = {
  masks: [
    { columns: ['public.customer.c_name', 'public.supplier.s_name'], with: { keep_first: 1 } },
    { columns: ['public.customer.c_address', 'public.supplier.s_address'], with: 'redact' },
    { columns: ['public.customer.c_phone', 'public.supplier.s_phone'], with: { keep_last: 4 } },
    { columns: ['public.customer.c_acctbal', 'public.supplier.s_acctbal'], with: 'redact' },
  ],
}

export interface Stage extends AsyncDisposable {
  readonly database: FreshDatabase
  /** A new connection through the relay, ended with the stage. */
  connect(): Promise<Client>
}

/** The schemas on the suite's server, and the relay before them with masks on; all may be asked of `columns`. */
export const openStage = async (columns: Readonly<Record<string, 'allow'>> = {}): Promise<Stage> => {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase())
  const owner = await database.client()
  for (const file of ['plain.sql', 'tpch.sql'])
    await owner.query(await readFile(new URL(`schema/${file}`, import.meta.url), 'utf8'))
  const guard = await guardOf(database.url, { ...policy, predicates: { columns } })
  const server = stack.use(await relayServer({ url: database.url, guard }))
  const all = stack.move()
  return {
    database,
    connect: async () => {
      const client = await connectTo(server.port)
      all.defer(() => client.end().catch(() => undefined))
      return client
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

export const connectTo = async (port: number): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port, user: 'me', password: 'x', database: undefined })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** hoop speaks, and does not merely hide what the server said. */
const refuses = (routine = ''): boolean => routine.startsWith('hoop/') && routine !== 'hoop/TEXT_WITHHELD'

/**
 * Sends a statement as its tool did, with NULL for each parameter. What the server itself says against it is none of our
 * business; an open transaction that fails is left.
 * @returns hoop's words where hoop refused it
 */
export const refusalOf = async (client: Client, text: string, params = 0): Promise<string | undefined> => {
  try {
    const limit = Number(/LIMIT \$(\d+)/.exec(text)?.[1] ?? 0)
    const values = Array.from({ length: params }, (_, index) => (index + 1 === limit ? '4' : null))
    await client.query(params > 0 ? { text, values } : text)
    return undefined
  } catch (error) {
    await client.query('ROLLBACK')
    const { message, routine } = error as DatabaseError
    return refuses(routine) ? message : undefined
  }
}
