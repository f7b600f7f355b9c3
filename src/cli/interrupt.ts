import { constants } from 'node:os'
import { HoopError } from '../lib/errors.js'

export type Interruption = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

let controller: AbortController | undefined
let received: Interruption | undefined
let taker: ((signal: Interruption) => void) | undefined

/** Exit status of a process that a signal ended, as shells count it: 128 + its number. */
const status = (signal: Interruption): number => 128 + constants.signals[signal]

/**
 * Aborts at Ctrl-C (or SIGTERM, SIGHUP) with an INTERRUPTED error. Who asks for it promises to end soon; a command that
 * never asks dies at once.
 */
export const interruption = (): AbortSignal => (controller ??= new AbortController()).signal

/** The status for an INTERRUPTED error: 130 after Ctrl-C, 143 after SIGTERM. */
export const interruptedStatus = (): number => status(received ?? 'SIGINT')

/** From now on signals go to `handler` alone: to a program that runs in the foreground in our place. */
export const takeSignals = (handler: (signal: Interruption) => void): void => {
  taker = handler
}

/** Called once, by main. A second signal ends the process whatever it is doing. */
export function watchSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (taker) return taker(signal)
      if (controller && !received) {
        received = signal
        controller.abort(new HoopError('INTERRUPTED'))
        return
      }
      // A command with handlers of its own (a gateway that drains) answers by itself.
      if (!controller && process.listenerCount(signal) > 1) return
      process.exit(status(signal))
    })
  }
}
