import { globSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { environment, type Contender } from '../contenders.js'
import { median } from '../statistics.js'
import { cpuTime } from './accounting.js'
import { run } from './process.js'

export interface Load {
  readonly mode: 'simple' | 'prepared'
  readonly clients: number
  readonly seconds: number
  /** Transactions a second of all clients together; absent means as fast as they can. */
  readonly rate?: number
}

export interface Outcome {
  readonly tps: number
  readonly transactions: number
  /** Microseconds of CPU time a transaction, by process in between. */
  readonly cpu: Readonly<Record<string, number>>
}

export class Pgbench {
  readonly #program: string
  readonly #folder: string
  readonly #signal: AbortSignal

  constructor(program: string, folder: string, signal: AbortSignal) {
    this.#program = program
    this.#folder = folder
    this.#signal = signal
  }

  /** pgbench's own tables; 100,000 accounts a unit of scale. */
  async initialize(contender: Contender, scale: number): Promise<void> {
    await this.#run(contender, ['-i', '-q', '-s', String(scale)])
  }

  /** One run of pgbench's built-in `-S` script: one SELECT by primary key a transaction. */
  async select(contender: Contender, load: Load, extra: readonly string[] = []): Promise<Outcome> {
    const before = usage(contender)
    const text = await this.#run(contender, [
      ...['-n', '-S', '-M', load.mode, '-c', String(load.clients), '-T', String(load.seconds)],
      ...(load.rate === undefined ? [] : ['-R', String(load.rate)]),
      ...extra,
    ])
    const after = usage(contender)
    const tps = Number(/^tps = ([\d.]+)/m.exec(text)?.[1])
    const transactions = Number(/^number of transactions actually processed: (\d+)/m.exec(text)?.[1])
    if (!(tps > 0 && transactions > 0)) throw new Error(`pgbench said something unexpected:\n${text}`)
    const cpu = Object.fromEntries(
      Object.entries(after).map(([name, spent]) => [name, (spent - before[name]!) / transactions]),
    )
    return { tps, transactions, cpu }
  }

  /** Median latency of the transactions of one client, in milliseconds, from pgbench's log of each (whole µs). */
  async latency(contender: Contender, seconds: number, mode: Load['mode'] = 'prepared'): Promise<number> {
    const prefix = join(this.#folder, `latency-${contender.name}`)
    await this.select(contender, { mode, clients: 1, seconds }, ['-l', `--log-prefix=${prefix}`])
    const file = globSync(`${prefix}.*`)[0]
    if (file === undefined) throw new Error('pgbench wrote no log of latencies')
    const lines = (await readFile(file, 'latin1')).trimEnd().split('\n')
    await rm(file)
    return median(lines.map((line) => Number(line.split(' ', 3)[2]))) / 1_000
  }

  #run(contender: Contender, args: readonly string[]): Promise<string> {
    return run(this.#program, args, { env: environment(contender), cwd: this.#folder, signal: this.#signal })
  }
}

const usage = ({ processes }: Contender): Record<string, number> =>
  Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuTime(pid) ?? NaN]))
