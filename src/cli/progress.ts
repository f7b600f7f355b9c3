import { mayMove } from './accessible.js'

/** Milliseconds between two drawings. */
const every = 100
const width = 24

/** Milliseconds between two lines, where nothing may move. */
const everyLine = 5_000

/** A bar on a terminal's stderr that says how far something has come, or now and then a line; nothing elsewhere. */
export class Progress implements Disposable {
  readonly #isShown: boolean
  readonly #moves = mayMove(process.env)
  #drawn = -Infinity

  /** @param isShown whether something may move there */
  constructor(isShown: boolean) {
    this.#isShown = isShown && process.stderr.isTTY
  }

  /** @param of undefined where nobody knows */
  show(what: string, done: number, of?: number): void {
    const now = performance.now()
    if (!this.#isShown || (now - this.#drawn < (this.#moves ? every : everyLine) && done !== of)) return
    this.#drawn = now
    const share = of ? Math.min(1, done / of) : 0
    if (!this.#moves) return void process.stderr.write(`${what}${of ? `, ${Math.floor(share * 100)} %` : ''}\n`)
    const full = Math.round(share * width)
    const bar = of
      ? `${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(Math.floor(share * 100)).padStart(3)} %  `
      : ''
    process.stderr.write(`\r\u001b[K${bar}${what}`)
  }

  [Symbol.dispose](): void {
    if (this.#isShown && this.#moves) process.stderr.write('\r\u001b[K')
  }
}
