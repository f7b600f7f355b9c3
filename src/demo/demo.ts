import { HoopError } from '../lib/errors.js'
import { noPause, type Pause, pauseOn } from './pause.js'
import { printer } from './print.js'
import { setScene, Unexpected, type Scene } from './scene.js'
import { stay } from './stay.js'
import { tour } from './tour.js'

export interface DemoOptions {
  readonly stream: NodeJS.WriteStream
  /** Whether somebody is there, to read at their own pace and to play when the tour is over. */
  readonly interactive: boolean
  readonly signal: AbortSignal
}

/** Does one part of the demo; what goes wrong in it is told under its name. */
const part = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof HoopError) throw cause
    const said = cause instanceof Error ? cause.message : String(cause)
    const why = cause instanceof Unexpected ? `expected ${said}` : said
    throw new HoopError('DEMO_FAILED', name, { cause, detail: why })
  }
}

const runTour = async (scene: Scene, pause: Pause): Promise<void> => {
  for (const [index, { title, text, run }] of tour.entries()) {
    if (index > 0) await pause.wait()
    scene.printer.heading(`${index + 1}. ${title}`, text)
    await part(`step ${index + 1}, ${title}`, () => run(scene))
  }
}

/**
 * Runs the demo: a database, an identity provider and a gateway, all local, and the tour through them.
 * @returns the titles of the steps that were shown, all of which came out as promised
 * @throws {HoopError} DEMO_FAILED naming the step that did not; INTERRUPTED
 */
export const runDemo = async ({ stream, interactive, signal }: DemoOptions): Promise<string[]> => {
  const out = printer(stream)
  out.words('Starting a database with pgvector, an identity provider and a gateway on this machine …')
  using _ = { [Symbol.dispose]: () => out.flush() }
  await using scene = await part('setting up', () => setScene(out, signal))
  {
    using pause = interactive ? pauseOn(out, signal) : noPause
    await runTour(scene, pause)
    if (interactive) await pause.wait()
  }
  if (interactive) await stay(scene, signal)
  return tour.map(({ title }) => title)
}
