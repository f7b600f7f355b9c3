import { extname } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Basis, TextFacts } from '../../policy/texts/text-facts.js'
import { catalogData, readingHead, readingPages } from '../../sql/catalog/read/transfer.js'
import type { Reading } from '../../sql/catalog/read/reading.js'
import type { StatementFacts } from '../../sql/facts.js'
import type { FromThread, ThreadData, ToThread } from './messages.js'
import { Sent } from './sent.js'

/** Characters that are handed over at a time. */
const PART = 1_000_000

/** The thread, or what it was at, has ended. */
export class ThreadEnded extends Error {}

/** Nobody waits for the text any more, and the thread has let go of it. */
export class Abandoned extends Error {}

/** One thread that reads texts, one after the other, with all that it was sent. Whatever fails in it, it ends. */
export class AnalystThread {
  readonly #worker: Worker
  readonly #abandoned = new Int32Array(new SharedArrayBuffer(4))
  readonly #readings = new Sent<Reading>()
  readonly #bases = new Sent<Basis>()
  /** Names that relations had, as a basis was sent with them. */
  readonly #named = new WeakMap<Basis, string>()
  readonly #started: Promise<FromThread>
  #waiting: PromiseWithResolvers<FromThread> | undefined
  #ended: Error | undefined

  constructor() {
    const workerData: ThreadData = { abandoned: this.#abandoned.buffer }
    this.#worker = new Worker(new URL(`thread${extname(import.meta.url)}`, import.meta.url), { workerData })
    this.#worker.on('message', (answer: FromThread) => this.#waiting?.resolve(answer))
    this.#worker.on('error', (error: Error) => this.#end(error))
    this.#worker.on('exit', (status) => this.#end(new Error(`it ended with status ${status}`)))
    this.#worker.unref()
    this.#started = this.#next()
    this.#started.catch(() => undefined)
  }

  /** Why it has ended, where it has. */
  get ended(): Error | undefined {
    return this.#ended
  }

  /** Makes sure that it has what a text is read by. @throws {ThreadEnded} */
  async take(basis: Basis): Promise<number> {
    await this.#started
    const { reading, data } = basis.catalog ? catalogData(basis.catalog) : { reading: undefined, data: undefined }
    const named = JSON.stringify(data?.formerly)
    const known = this.#bases.of(basis)
    if (known !== undefined && this.#named.get(basis) === named) return known
    const catalog = reading && data && { reading: await this.#reading(reading), data }
    const number = this.#bases.add(basis)
    this.#named.set(basis, named)
    this.#send({ kind: 'drop', readings: this.#readings.sweep(), bases: this.#bases.sweep() })
    try {
      await this.#ask({ kind: 'basis', basis: number, catalog, options: basis.options })
    } catch (error) {
      this.#bases.forget(basis)
      throw error
    }
    return number
  }

  /**
   * Reads a text. What comes back of many statements comes in turns.
   * @throws {ThreadEnded} {Abandoned} {Error} what it met in the text
   */
  async read(basis: number, text: string): Promise<TextFacts> {
    Atomics.store(this.#abandoned, 0, 0)
    const different: StatementFacts[] = []
    for (let at = 0; at < text.length; at += PART) {
      this.#send({ kind: 'part', text: text.slice(at, at + PART) })
      await turn()
    }
    let answer = await this.#ask({ kind: 'text', basis })
    for (; answer.kind === 'facts'; answer = await this.#ask({ kind: 'more' })) {
      different.push(...answer.facts)
      await turn()
    }
    if (answer.kind === 'abandoned') throw new Abandoned()
    if (answer.kind !== 'read') throw new ThreadEnded('an answer to nothing')
    const statements = Array.from(answer.order, (at) => different[at]!)
    return { ...answer.rest, statements, ...(answer.spans && { spans: answer.spans }) }
  }

  /** Nobody waits for the text at hand: it stops where it can. */
  abandon(): void {
    Atomics.store(this.#abandoned, 0, 1)
  }

  /** Ends it, whatever it is at. */
  async end(): Promise<void> {
    this.#end(new Error('it was ended'))
    await this.#worker.terminate()
  }

  async #reading(reading: Reading): Promise<number> {
    const known = this.#readings.of(reading)
    if (known !== undefined) return known
    const number = this.#readings.add(reading)
    for (const page of readingPages(reading)) {
      this.#send({ kind: 'page', reading: number, page })
      await turn()
    }
    this.#send({ kind: 'reading', reading: number, head: readingHead(reading) })
    return number
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message)
  }

  /** @throws {ThreadEnded} {Error} what it met */
  async #ask(message: ToThread): Promise<FromThread> {
    this.#send(message)
    return this.#next()
  }

  /** The process stays for as long as an answer is missing. */
  async #next(): Promise<FromThread> {
    if (this.#ended) throw new ThreadEnded(this.#ended.message)
    const waiting = (this.#waiting = Promise.withResolvers<FromThread>())
    this.#worker.ref()
    const answer = await waiting.promise.finally(() => this.#worker.unref())
    if (answer.kind === 'failed') throw new ThreadEnded(answer.why)
    return answer
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#waiting?.reject(new ThreadEnded(this.#ended.message))
  }
}
