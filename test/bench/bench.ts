import { report } from './failure.js'
import { inversion, inversionTable } from './inversion.js'
import { largeCatalog } from './large-catalog.js'
import { readOptions, usage, type Options, type Part } from './options.js'
import { describeMachine, renderMachine } from './machine.js'
import { micro } from './micro/micro.js'
import { profile, renderProfile } from './profile.js'
import { isMet, renderRows, type Row } from './report.js'
import { blocking } from './rows/blocking.js'
import { bulk } from './rows/bulk.js'
import { cpu } from './rows/cpu.js'
import { idle } from './rows/idle.js'
import { kill } from './rows/kill.js'
import { latency } from './rows/latency.js'
import { startup } from './rows/startup.js'
import { throughput } from './rows/throughput.js'
import { vectors } from './rows/vectors.js'
import { statements } from './statements.js'
import { setStage } from './set-stage.js'
import type { Stage } from './stage.js'

const onStage: Record<
  Exclude<Part, 'micro' | 'inversion' | 'statements' | 'catalog'>,
  (stage: Stage) => Promise<readonly Row[]>
> = {
  prepared: (stage) => throughput(stage, 'prepared'),
  simple: (stage) => throughput(stage, 'simple'),
  cpu,
  latency,
  copy: (stage) => bulk(stage, 'copy'),
  select: (stage) => bulk(stage, 'select'),
  vectors,
  idle,
  kill,
  blocking,
  startup,
}

const say = (text: string) => void process.stderr.write(`${text}\n`)

interface Result {
  readonly json: object
  readonly text: string
}

const measure = async (root: string, options: Options, signal: AbortSignal): Promise<Result> => {
  const machine = describeMachine()
  const rows: Row[] = []
  const played = [...options.only].filter((part) => Object.hasOwn(onStage, part)) as (keyof typeof onStage)[]
  if (played.length > 0) {
    say('starting the database and the contenders')
    await using stage = await setStage(root, options, signal)
    for (const part of played) {
      say(`measuring ${part}`)
      rows.push(...(await onStage[part](stage)))
    }
  }
  if (options.only.has('micro')) {
    say('measuring the parts by themselves')
    rows.push(...(await micro(root, options)))
  }
  if (options.only.has('statements')) {
    say('filling an index of statements, which takes some minutes')
    rows.push(...(await statements(options)))
  }
  if (options.only.has('catalog')) {
    say('making 50,000 relations, which takes a minute')
    rows.push(...(await largeCatalog(options)))
  }
  const curves = options.only.has('inversion') ? inversion() : undefined
  if (curves && options.only.size === 1) return { json: curves, text: inversionTable(curves) }
  return {
    json: { machine, ...(curves && { inversion: curves }), rows: rows.map((row) => ({ ...row, met: isMet(row) })) },
    text: [renderRows(rows), ...(curves ? [inversionTable(curves)] : []), renderMachine(machine)].join('\n\n'),
  }
}

const look = async (root: string, options: Options, signal: AbortSignal): Promise<Result> => {
  await using stage = await setStage(root, { ...options, only: new Set() }, signal)
  say('profiling')
  const profiles = await profile(stage)
  return { json: { profiles }, text: profiles.map(renderProfile).join('\n\n') }
}

/** @returns the exit status: 0 whether or not the bars are met, 64 for a wrong flag, 69 where pgbench isn't installed */
export const bench = async (root: string, args: readonly string[]): Promise<number> => {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupted.abort())
  try {
    const options = readOptions(args)
    if (!options) {
      process.stdout.write(usage)
      return 0
    }
    const { json, text } = await (options.profile ? look : measure)(root, options, interrupted.signal)
    process.stdout.write(`${options.json ? JSON.stringify(json) : text}\n`)
    return 0
  } catch (error) {
    return interrupted.signal.aborted ? 130 : report(error)
  }
}
