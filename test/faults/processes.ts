import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningHoop } from '../helpers/command/hoop.js'

/** Signals a PostgreSQL server's postmaster and all that it has started. */
export const signalServer = (postmaster: number, signal: NodeJS.Signals): void => {
  const children = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, parent]) => (parent === postmaster && pid !== undefined ? [pid] : []))
  for (const pid of [postmaster, ...children]) process.kill(pid, signal)
}

const timesSaid = (running: RunningHoop, words: string): number => running.stderr.split(words).length

/** Does something, and waits until a process says so: what it has said before doesn't count. */
export const untilSaid = async (running: RunningHoop, words: string, act: () => unknown): Promise<void> => {
  const before = timesSaid(running, words)
  await act()
  for (let tries = 0; timesSaid(running, words) === before; tries++) {
    if (tries > 1_200) throw new Error(`it did not say: ${words}\n${running.stderr}`)
    await sleep(50)
  }
}
