import { existsSync, readFileSync } from 'node:fs'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway } from '../helpers/gateway.js'
import { whole } from '../helpers/suite/whole.js'

const CONNECTIONS = whole ? 1_000 : 400

/** Megabytes of a process, where the system tells: now, or at most so far. */
const megabytes = (pid: number, what: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

test(
  `${CONNECTIONS} clients that come at once don’t blow the agent up, and all are answered`,
  { timeout: 300_000 },
  async ({ skip }) => {
    if (!existsSync('/proc/self/status')) skip('the system doesn’t say here how much memory a process has')
    await using database = await freshDatabase()
    const limits = { rates: { tunnels: { per_person: 'off', per_address: 'off' } } }
    await using gateway = await startTestGateway({ database: database.url, gateway: { limits } })
    await using port = await gateway.connect('casey')
    const name = database.url.slice(database.url.lastIndexOf('/') + 1)
    const come = async (): Promise<string> => {
      const client = new Client({ host: port.host, port: port.port, user: 'casey', database: name })
      client.on('error', () => undefined)
      try {
        await client.connect()
        await client.query('SELECT 1')
        await client.end()
        return 'served'
      } catch (error) {
        return (error as { code?: string }).code ?? String(error)
      }
    }
    const { pid } = port.process.process
    const before = megabytes(pid!, 'VmRSS')
    const heard = await Promise.all(Array.from({ length: CONNECTIONS }, come))
    // Most are too many for the port or the person; at the gateway's door one too many is only closed.
    expect(heard.filter((each) => !['served', '53300', '08001', '53400'].includes(each))).toEqual([])
    expect(heard).toContain('served')
    expect(megabytes(pid!, 'VmHWM') - before).toBeLessThan(150)
    await expect.poll(come, { timeout: 60_000 }).toBe('served')
  },
)
