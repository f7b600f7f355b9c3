import { availableParallelism, cpus, loadavg } from 'node:os'

/** Where and under what conditions the numbers came about. */
export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly node: string
  /** Mean number of runnable processes over the last minute, before the bench began. */
  readonly load: number
}

export const describeMachine = (): Machine => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  node: process.version,
  load: loadavg()[0]!,
})

export const renderMachine = ({ cores, cpu, node, load }: Machine): string => {
  const busy = load > cores / 4 ? ', which other work disturbs: the numbers are worth less' : ''
  return `${cores} cores of ${cpu}, Node ${node}, load average ${load.toFixed(1)}${busy}`
}
