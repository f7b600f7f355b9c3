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

/** Microseconds of CPU time a transaction, by process in between. */
export type Cost = Readonly<Record<string, number>>

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

  /** pgbench's built-in `-S` script: one SELECT by primary key a transaction. @returns transactions a second */
  async select(contender: Contender, load: Load, extra: readonly string[] = []): Promise<number> {
    const { stdout } = await this.#run(contender, [...flags(load), ...extra])
    const tps = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
    if (!(tps > 0)) throw new Error(`pgbench said something unexpected:\n${stdout}`)
    return tps
  }

  /** What a transaction costs once all clients are connected: from pgbench's first progress line to its last. */
  async cost(contender: Contender, load: Load): Promise<Cost> {
    const readings: { at: number; tps: number; cpu: Cost }[] = []
    const { stderr } = await this.#run(contender, [...flags(load), '-P', '1'], (text) => {
      const [, seconds, tps] = /^progress: ([\d.]+) s, ([\d.]+) tps/.exec(text) ?? []
      if (tps !== undefined) readings.push({ at: Number(seconds), tps: Number(tps), cpu: usage(contender) })
    })
    const [first, ...others] = readings
    const last = others.at(-1)
    if (!first || !last) throw new Error(`pgbench reported no progress:\n${stderr}`)
    const transactions = others.reduce((sum, { at, tps }, i) => sum + tps * (at - readings[i]!.at), 0)
    return Object.fromEntries(
      Object.entries(last.cpu).map(([name, spent]) => [name, (spent - first.cpu[name]!) / transactions]),
    )
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

  #run(contender: Contender, args: readonly string[], words?: (text: string) => void) {
    const options = { env: environment(contender), cwd: this.#folder, signal: this.#signal }
    return run(this.#program, args, { ...options, ...(words && { words }) })
  }
}

const flags = ({ mode, clients, seconds, rate }: Load): readonly string[] => [
  ...['-n', '-S', '-M', mode, '-c', String(clients), '-T', String(seconds)],
  ...(rate === undefined ? [] : ['-R', String(rate)]),
]

const usage = ({ processes }: Contender): Record<string, number> =>
  Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuTime(pid) ?? NaN]))
