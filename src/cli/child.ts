import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { takeSignals } from './interrupt.js'

/**
 * Runs a program in the foreground, with our terminal. It gets the signals: Ctrl-C reaches it from the terminal and is
 * its own to answer (psql cancels a statement by it), the others are handed on.
 * @returns its exit status; 128 + n after signal n, 127 where it isn't found, 126 where it can't be run
 */
export async function runChild(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env })
  takeSignals((signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return status ?? 128 + constants.signals[signal ?? 'SIGKILL']
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    process.stderr.write(`hoop: cannot run ${command}: ${missing ? 'not found' : String(error)}\n`)
    return missing ? 127 : 126
  }
}
