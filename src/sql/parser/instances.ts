import factory, { type ParserModule } from 'libpg-query/wasm/libpg-query.js'

/**
 * Out of memory, the parser calls exit(), which would become the exit status of this process, and prints on its stderr.
 * Emscripten makes the object it is given its own: each instance needs a copy.
 */
const options = {
  onExit: (status: number): void => {
    throw new RangeError(`the SQL parser ended with status ${status}`)
  },
  print: () => undefined,
  printErr: () => undefined,
}

/**
 * Keeps a parser at hand, and a fresh one behind it. A WebAssembly instance whose stack overflowed has lost its stack
 * pointer: later parses of harmless texts would read damaged memory, so such an instance is thrown away at once.
 */
export class ParserInstances {
  #current: ParserModule | undefined
  #spare: ParserModule | undefined
  #filling: Promise<void> | undefined

  /** Resolves when there is a parser. */
  async ready(): Promise<void> {
    while (!this.#current) await (this.#filling ??= this.#fill())
  }

  get current(): ParserModule | undefined {
    return this.#current
  }

  /** Call after anything but a clean answer or a reported syntax error. */
  discard(): void {
    this.#current = this.#spare
    this.#spare = undefined
    this.#filling ??= this.#fill()
    // Where even this fails there is no parser, parse() says so, and the next ready() tries again and reports why.
    this.#filling.catch(() => undefined)
  }

  async #fill(): Promise<void> {
    try {
      this.#current ??= await factory({ ...options })
      this.#spare ??= await factory({ ...options })
    } finally {
      this.#filling = undefined
    }
  }
}
