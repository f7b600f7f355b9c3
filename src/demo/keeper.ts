import { fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { extname } from 'node:path'

/** What the demo asks of its keeper. `args` are of Node. */
export type Order =
  | { readonly kind: 'start'; readonly id: number; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv }
  | { readonly kind: 'stop'; readonly id: number }

/** What the keeper tells. */
export type Report =
  | { readonly kind: 'ready'; readonly folder: string }
  | { readonly kind: 'text'; readonly id: number; readonly text: string }
  | { readonly kind: 'end'; readonly id: number; readonly status: number }

export interface KeptServer {
  /** Everything it wrote so far. */
  readonly output: string
  readonly ended: boolean
  /**
   * Resolves as soon as the output holds the pattern.
   * @throws {Error} with the output, where the server ends first or the signal aborts
   */
  until(pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray>
  stop(): Promise<void>
}

export interface Keeper extends AsyncDisposable {
  /** The demo's own folder; the keeper removes it. */
  readonly folder: string
  start(args: readonly string[], env: NodeJS.ProcessEnv): KeptServer
}

/** Starts the process that keeps the demo's servers, so that none outlives the demo, even where it is killed. */
export const startKeeper = async (): Promise<Keeper> => {
  const child = fork(new URL(`keeper-process${extname(import.meta.url)}`, import.meta.url), [], {
    detached: true, // Ctrl-C on the terminal is not for it
    stdio: 'ignore',
    execArgv: [],
  })
  const gone = once(child, 'exit')
  const [ready] = (await Promise.race([once(child, 'message'), gone])) as [Report | number | null]
  if (typeof ready !== 'object' || ready?.kind !== 'ready') throw new Error('the process that keeps the servers ended')
  const { folder } = ready
  const servers = new Map<number, Output>()
  child.on('message', (report: Report) => report.kind !== 'ready' && servers.get(report.id)?.take(report))
  child.on('error', () => undefined)
  return {
    folder,
    start: (args, env) => {
      const id = servers.size
      const output = new Output()
      servers.set(id, output)
      child.send({ kind: 'start', id, args, env } satisfies Order)
      return {
        get output() {
          return output.text
        },
        get ended() {
          return !output.running
        },
        until: (pattern, signal) => output.until(pattern, signal),
        stop: async () => {
          child.send({ kind: 'stop', id } satisfies Order)
          await output.end
        },
      }
    },
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

/** What one server wrote, and whether it still runs. */
class Output {
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly end = once(this.#events, 'end')
  text = ''
  running = true

  take(report: Exclude<Report, { kind: 'ready' }>) {
    if (report.kind === 'text') this.text += report.text
    else this.running = false
    this.#events.emit(report.kind)
  }

  async until(pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text)
      if (match) return match
      if (!this.running) throw new Error(`it ended:\n${this.text}`)
      try {
        await Promise.race([once(this.#events, 'text', { signal }), this.end])
      } catch (cause) {
        throw new Error(`it did not come up:\n${this.text}`, { cause })
      }
    }
  }
}
