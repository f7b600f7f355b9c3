import { chmod } from 'node:fs/promises'
import { tempFolder } from '../helpers/temp.js'
import { directly, throughBouncer } from './contenders.js'
import { readOptions, usage, type Options, type Part } from './options.js'
import { fillCustomers } from './parts/customers.js'
import { startBouncer } from './parts/pgbouncer.js'
import { Pgbench } from './parts/pgbench.js'
import { findProgram } from './parts/programs.js'
import { startServer } from './parts/server.js'
import { isMet, renderRows, type Row } from './report.js'
import { bulk } from './rows/bulk.js'
import { idle } from './rows/idle.js'
import { latency } from './rows/latency.js'
import { startup } from './rows/startup.js'
import { throughput } from './rows/throughput.js'
import type { Stage } from './stage.js'

const measure: Partial<Record<Part, (stage: Stage) => Promise<readonly Row[]>>> = {
  prepared: (stage) => throughput(stage, 'prepared'),
  simple: (stage) => throughput(stage, 'simple'),
  latency,
  copy: (stage) => bulk(stage, 'copy'),
  select: (stage) => bulk(stage, 'select'),
  idle,
  startup,
}

const say = (text: string) => void process.stderr.write(`${text}\n`)

const run = async (root: string, options: Options, signal: AbortSignal): Promise<readonly Row[]> => {
  const pgbenchProgram = findProgram('pgbench')
  if (pgbenchProgram === undefined) throw new Error('pgbench is not installed')
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder('hoop-bench-')).path
  await chmod(folder, 0o711)
  const server = stack.use(await startServer())
  const direct = directly(server, 'disable')
  const bouncerProgram = findProgram('pgbouncer')
  const stage: Stage = {
    options,
    folder,
    signal,
    pgbench: new Pgbench(pgbenchProgram, folder, signal),
    server,
    direct,
    directTls: directly(server, 'require'),
    bouncer:
      bouncerProgram === undefined
        ? { missing: 'pgbouncer is not installed' }
        : throughBouncer(server, stack.use(await startBouncer(bouncerProgram, server, folder))),
    hoop: { missing: 'there is no gateway yet' },
    say,
  }
  await stage.pgbench.initialize(direct, 10)
  if (options.only.has('copy') || options.only.has('select')) await fillCustomers(server, options.quick ? 100 : 320)
  const rows: Row[] = []
  for (const part of options.only) {
    say(part)
    rows.push(...((await measure[part]?.(stage)) ?? []))
  }
  return rows
}

export const bench = async (root: string, args: readonly string[]): Promise<number> => {
  const options = readOptions(args)
  if (!options) {
    process.stdout.write(usage)
    return 0
  }
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
  try {
    const rows = await run(root, options, interrupted.signal)
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ rows: rows.map((row) => ({ ...row, met: isMet(row) })) })}\n`
        : `${renderRows(rows)}\n`,
    )
    return 0
  } catch (error) {
    say(interrupted.signal.aborted ? 'interrupted' : `${error instanceof Error ? error.stack : String(error)}`)
    return interrupted.signal.aborted ? 130 : 1
  }
}
