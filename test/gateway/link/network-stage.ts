import { Client } from 'pg'
import { freePort } from '../../helpers/postgres/postgres.js'
import { weakNetwork } from '../../helpers/weak-network.js'
import { started } from '../server/start/started.js'
import { agentOf } from './agent.js'

/** A gateway behind a weak network, and an agent beyond it. */
export const networkStage = async ({ silence, resume }: { silence: string; resume: string }) => {
  await using stack = new AsyncDisposableStack()
  const listen = await freePort()
  const network = stack.use(await weakNetwork(() => listen))
  const url = `https://localhost:${network.port}`
  const it = stack.use(
    await started(
      async (folder) => {
        await folder.edit(/^gateway:\n/m, `gateway:\n  limits: { link: ${silence} }\n`)
        await folder.edit(/^( *)rules: \[\]\n/m, `$1rules: []\n$1resume: ${resume}\n`)
      },
      {},
      { url, listen: `127.0.0.1:${listen}` },
    ),
  )
  const agent = stack.use(await agentOf(it, 'mika', url))
  const client = async (): Promise<Client & { told?: Error }> => {
    const own: Client & { told?: Error } = new Client({ connectionString: agent.dsn, user: 'x' })
    own.on('error', (error) => (own.told ??= error))
    await own.connect()
    return own
  }
  const owned = stack.move()
  return { it, agent, network, client, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Connections to the database whose last statement has a mark. */
export const backends = async (admin: Client, mark: string): Promise<number> => {
  const text = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()'
  const { rows } = await admin.query<{ n: number }>(text, [`%${mark}%`])
  return rows[0]!.n
}
