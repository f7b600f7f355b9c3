import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Printer } from './print.js'

/** Waits between two steps of the tour, until somebody has read what the last one showed. */
export interface Pause extends Disposable {
  /** @throws {Error} the signal's reason */
  wait(): Promise<void>
}

/** On a terminal Enter goes on; a line that begins with `q` ends the waiting, and the tour goes on to its end by itself. */
export const pauseOn = (printer: Printer, signal: AbortSignal): Pause => {
  const lines = createInterface({ input: process.stdin })
  let over = false
  lines.once('close', () => (over = true))
  return {
    wait: async () => {
      signal.throwIfAborted()
      if (over) return
      printer.words('\n[Enter goes on, q Enter shows the rest without stopping]')
      const ended = new AbortController()
      lines.once('close', () => ended.abort())
      try {
        const [line] = (await once(lines, 'line', { signal: AbortSignal.any([signal, ended.signal]) })) as [string]
        over ||= /^q/i.test(line)
      } catch {
        signal.throwIfAborted() // or nobody is there to press it
      }
    },
    [Symbol.dispose]: () => lines.close(),
  }
}

/** Where nobody is there to press anything. */
export const noPause: Pause = { wait: () => Promise.resolve(), [Symbol.dispose]: () => undefined }
