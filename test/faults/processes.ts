import { execFileSync } from 'node:child_process'

/** Signals a PostgreSQL server's postmaster and all that it has started. */
export const signalServer = (postmaster: number, signal: NodeJS.Signals): void => {
  const children = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, parent]) => (parent === postmaster && pid !== undefined ? [pid] : []))
  for (const pid of [postmaster, ...children]) process.kill(pid, signal)
}
