import { digits, skipped, type Row } from '../report.js'
import { isMissing, type Stage } from '../stage.js'
import { median } from '../statistics.js'

const commands = [
  { args: ['--version'], atMost: 150 },
  { args: ['status'], atMost: 250 },
] as const

/** A command's whole life, in a process of its own, as the shell sees it; Node's compile cache is warm. */
export const startup = async ({ hoop, options }: Stage): Promise<readonly Row[]> => {
  const what = (args: readonly string[]) => `hoop ${args.join(' ')}`
  if (isMissing(hoop)) return commands.map(({ args }) => skipped(what(args), 'ms', hoop.missing))
  const times = commands.map(() => [] as number[])
  for (let round = -1; round < (options.quick ? 7 : 10); round++) {
    for (const [i, { args }] of commands.entries()) {
      const begun = performance.now()
      await hoop.command(args)
      if (round >= 0) times[i]!.push(performance.now() - begun)
    }
  }
  return commands.map(({ args, atMost }, i) => ({
    what: what(args),
    reached: median(times[i]!),
    unit: 'ms',
    bar: { atMost },
    note: `${digits(Math.min(...times[i]!))} to ${digits(Math.max(...times[i]!))} ms of ${times[i]!.length}`,
    samples: { milliseconds: times[i] },
  }))
}
