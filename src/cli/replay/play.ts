import type { SessionEvent } from '../../lib/api/session-events.js'
import type { ReadStream } from 'node:tty'
import { Controls } from './controls.js'
import type { Cue } from './timeline.js'

export interface Stage {
  /** Resolves when the reader is ready for more. */
  readonly write: (text: string) => Promise<void>
  /** What an event looks like. */
  readonly show: (event: SessionEvent) => string
  /** Absent where nobody watches: everything is written at once. */
  readonly controls?: Controls
  /** Wait for a key before each statement. */
  readonly step?: boolean
}

/**
 * Shows a session.
 * @returns false where the viewer left before its end
 * @throws {HoopError} INTERRUPTED at Ctrl-C
 */
export async function play(cues: AsyncIterable<Cue>, { write, show, controls, step = false }: Stage): Promise<boolean> {
  for await (const { wait, event } of cues) {
    const statement = event.type === 'statement' || event.type === 'refusal'
    if (controls && !(await (statement && step ? controls.step() : controls.wait(wait)))) return false
    if (statement) controls?.arrived()
    const text = show(event)
    if (text !== '') await write(text)
  }
  return true
}

/** As `play`, with the viewer's keys: at a terminal, in the time that the session took. */
export async function watch(
  cues: AsyncIterable<Cue>,
  stage: Omit<Stage, 'controls'>,
  terminal: ReadStream,
  signal: AbortSignal,
): Promise<boolean> {
  const controls = new Controls(signal)
  using _ = keyboard(terminal, (key) => controls.press(key))
  return await play(cues, { ...stage, controls })
}

/**
 * Hands over single keys until it is disposed. In raw mode Ctrl-C is a key like others: the receiver must see to it.
 */
function keyboard(terminal: ReadStream, press: (key: string) => void): Disposable {
  const take = (data: Buffer): void => {
    // Arrows and the like come as one escape sequence; none of them means anything here.
    if (data[0] !== 0x1b) for (const key of data.toString()) press(key)
  }
  terminal.setRawMode(true).on('data', take).resume()
  return {
    [Symbol.dispose]: () => {
      terminal.setRawMode(false).off('data', take).pause()
    },
  }
}
