import type { SessionEvent } from '../../lib/api/session-events.js'
import type { ReadStream } from 'node:tty'
import { Controls, type Motion } from './controls.js'
import { PassedOver } from './passed-over.js'
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
 * @returns where the viewer wants to go on; `on` at its end
 * @throws {HoopError} INTERRUPTED at Ctrl-C
 */
export async function play(cues: AsyncIterable<Cue>, { write, show, controls, step = false }: Stage): Promise<Motion> {
  const passed = new PassedOver()
  for await (const { wait, event } of cues) {
    const statement = event.type === 'statement' || event.type === 'refusal'
    const motion = (await (statement && step ? controls?.step() : controls?.wait(wait))) ?? 'on'
    if (motion !== 'on') return motion
    const text = show(event)
    const { aim } = controls ?? {}
    if (aim && event.type !== 'end' && !aim(event)) {
      passed.keep(event, text)
      continue
    }
    const before = aim ? passed.before(event) : ''
    if (aim || statement) controls?.arrived('n' in event ? event.n : undefined)
    if (before + text !== '') await write(before + text)
  }
  return 'on'
}

/** A session from the statement of a number on. */
export type Open = (from: number) => { readonly cues: AsyncIterable<Cue>; readonly show: Stage['show'] }

/**
 * As `play`, with the viewer's keys: at a terminal, in the time that the session took, and from wherever they want to see it.
 * @param ask shows a line that the viewer types; nothing takes it away
 */
export async function watch(
  open: Open,
  { from, ...stage }: Omit<Stage, 'controls' | 'show'> & { readonly from: number },
  terminal: ReadStream,
  { signal, ask }: { readonly signal: AbortSignal; readonly ask: (text: string) => void },
): Promise<void> {
  const controls = new Controls(signal, ask)
  using _ = keyboard(terminal, (key) => controls.press(key))
  for (let motion: Motion = { to: from }; typeof motion === 'object';) {
    const { cues, show } = open(motion.to)
    motion = await play(cues, { ...stage, show, controls })
  }
}

/**
 * Hands over single keys until it is disposed. In raw mode Ctrl-C is a key like others: the receiver must see to it.
 */
function keyboard(terminal: ReadStream, press: (key: string) => void): Disposable {
  const take = (data: Buffer): void => {
    // Arrows and the like come as one escape sequence; none of them means anything here.
    if (data[0] !== 0x1b || data.length === 1) for (const key of data.toString()) press(key)
  }
  terminal.setRawMode(true).on('data', take).resume()
  return {
    [Symbol.dispose]: () => {
      terminal.setRawMode(false).off('data', take).pause()
    },
  }
}
