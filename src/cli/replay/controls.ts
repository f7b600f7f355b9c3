import { HoopError } from '../../lib/errors.js'
import { type Aim, containing, failure, masked } from './aims.js'
import { Line } from './line.js'

type Action =
  'pause' | 'next' | 'back' | 'quit' | 'interrupt' | 'faster' | 'slower' | 'error' | 'masked' | 'search' | 'go'

/** What keys do while a session is shown. */
const keys: Readonly<Record<string, Action>> = {
  ' ': 'pause',
  n: 'next',
  '\r': 'next',
  '\n': 'next',
  b: 'back',
  e: 'error',
  m: 'masked',
  '/': 'search',
  g: 'go',
  '+': 'faster',
  '=': 'faster',
  '-': 'slower',
  q: 'quit',
  '\u0004': 'quit',
  '\u0003': 'interrupt',
}

/** Shown to the viewer at the beginning. */
export const keyHelp =
  'space: pause   n: next statement   b: back   e: next error   m: next masked   /: search   g: go to a statement   + -: speed   q: quit'

/** setTimeout counts in 31 bits. */
const longest = 2 ** 31 - 1

/** Times real speed beyond which a pause is none. */
const fastest = 1024

/** Where to go on: with what comes, or from the statement of a number; or the viewer has left. */
export type Motion = 'on' | 'left' | { readonly to: number }

/** The viewer's hand on the replay: waits that keys shorten, stretch or end, and where to go instead. */
export class Controls {
  #paused = false
  #hurrying = false
  #quit = false
  #interrupted = false
  #speed = 1
  #to: number | undefined
  /** Stand still where one arrives: whoever looks for something wants to look at it. */
  #stands = false
  #aim: Aim | undefined
  #line: Line | undefined
  #sought = ''
  /** Number of the statement that was shown last. */
  #latest = 0
  #wake: (() => void) | undefined
  readonly #signal: AbortSignal
  readonly #ask: (text: string) => void

  /** @param ask shows a line that is being typed; nothing to take it away */
  constructor(signal: AbortSignal, ask: (text: string) => void = () => undefined) {
    this.#signal = signal
    this.#ask = ask
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
  }

  press(key: string): void {
    if (this.#line && key !== '\u0003') return this.#type(this.#line, key)
    const action = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (action === undefined) return
    this.#actions[action]()
    this.#wake?.()
  }

  /** What is wanted next; undefined where everything is to be seen. */
  get aim(): Aim | undefined {
    return this.#aim
  }

  /** From here on pauses count again, and everything is seen: what was hurried to, or aimed at, has come. */
  arrived(statement?: number): void {
    this.#hurrying = false
    this.#aim = undefined
    this.#paused ||= this.#stands
    this.#stands = false
    if (statement !== undefined) this.#latest = statement
  }

  /**
   * Lets time pass. Paused, it takes as long as the viewer wants; on the way to something, no time.
   * @throws {HoopError} INTERRUPTED at Ctrl-C, or the signal's reason
   */
  async wait(ms: number): Promise<Motion> {
    for (let left = ms; this.#stays() && (this.#holds() || (left > 0 && !this.#hastens()));) {
      const began = performance.now()
      const speed = this.#holds() ? 0 : this.#speed
      await this.#change(speed === 0 ? undefined : left / speed)
      left -= (performance.now() - began) * speed
    }
    if (this.#quit) return 'left'
    const to = this.#to
    this.#to = undefined
    return to === undefined ? 'on' : { to }
  }

  /** Waits for a key that says go on. @returns as `wait` */
  async step(): Promise<Motion> {
    if (!this.#hastens()) this.#paused = true
    return this.wait(0)
  }

  readonly #actions: Readonly<Record<Action, () => void>> = {
    pause: () => (this.#paused = !this.#paused),
    next: () => {
      this.#hurrying = true
      this.#paused = false
    },
    back: () => this.#go(Math.max(1, this.#latest - 1)),
    error: () => this.#seek(failure),
    masked: () => this.#seek(masked),
    search: () => this.#open('/', (text) => this.#search(text)),
    go: () => this.#open('statement ', (text) => /^\d{1,9}$/.test(text) && this.#go(Math.max(1, Number(text)))),
    faster: () => (this.#speed = Math.min(fastest, this.#speed * 2)),
    slower: () => (this.#speed = Math.max(1 / fastest, this.#speed / 2)),
    quit: () => (this.#quit = true),
    interrupt: () => (this.#interrupted = true),
  }

  #search(text: string): void {
    this.#sought = text || this.#sought
    if (this.#sought !== '') this.#seek(containing(this.#sought))
  }

  #seek(aim: Aim): void {
    this.#aim = aim
    this.#stands = true
    this.#paused = false
  }

  #go(to: number): void {
    this.#to = to
    this.#aim = undefined
    this.#stands = true
    this.#paused = false
  }

  #open(label: string, take: (text: string) => void): void {
    this.#line = new Line(label, take)
    this.#ask(this.#line.shown)
  }

  #type(line: Line, key: string): void {
    if (line.press(key)) return this.#ask(line.shown)
    this.#line = undefined
    this.#ask('')
    this.#wake?.()
  }

  /** While a line is typed the session stands still. */
  #holds(): boolean {
    return this.#line !== undefined || (this.#paused && !this.#hastens())
  }

  #hastens(): boolean {
    return this.#hurrying || this.#aim !== undefined
  }

  #stays(): boolean {
    this.#signal.throwIfAborted()
    if (this.#interrupted) throw new HoopError('INTERRUPTED')
    return !this.#quit && this.#to === undefined
  }

  /** Until a key, the signal, or the time. */
  #change(ms: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = ms === undefined ? setInterval(() => undefined, longest) : setTimeout(resolve, Math.min(ms, longest))
    this.#wake = resolve
    return promise.finally(() => {
      this.#wake = undefined
      clearTimeout(timer)
    })
  }
}
