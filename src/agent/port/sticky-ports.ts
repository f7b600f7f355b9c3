import { join } from 'node:path'
import { type Environment, home } from '../files/environment.js'
import { withLock } from '../files/lock.js'
import { readIfThere, writePrivate } from '../files/private-file.js'

/** Ports by gateway and connection: a connection keeps its port from run to run, so that saved settings go on working. */
export class StickyPorts {
  readonly #path: string

  constructor(env: Environment) {
    this.#path = join(home(env), 'ports.json')
  }

  async recall(gateway: string, connection: string): Promise<number | undefined> {
    const port = (await this.#read())[key(gateway, connection)]
    return typeof port === 'number' && port > 0 && port < 65_536 ? port : undefined
  }

  async remember(gateway: string, connection: string, port: number): Promise<void> {
    await withLock(`${this.#path}.lock`, AbortSignal.timeout(10_000), async () => {
      const ports = { ...(await this.#read()), [key(gateway, connection)]: port }
      await writePrivate(this.#path, JSON.stringify(ports, null, 2) + '\n')
    })
  }

  /** A damaged file only costs the memory. */
  async #read(): Promise<Record<string, unknown>> {
    try {
      return JSON.parse((await readIfThere(this.#path)) ?? '{}') as Record<string, unknown>
    } catch {
      return {}
    }
  }
}

const key = (gateway: string, connection: string): string => `${gateway} ${connection}`
