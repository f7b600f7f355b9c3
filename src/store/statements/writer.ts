import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { HoopError } from '../../lib/errors.js'
import type { Batch, BatchAnswer, WriterData } from './entry.js'

/** Writes the index of statements, in a thread of its own: nothing of it waits on the loop that carries sessions. */
export class IndexWriter implements AsyncDisposable {
  readonly #worker: Worker
  readonly #waiting: ((answer: BatchAnswer) => void)[] = []
  #ended: string | undefined

  private constructor(path: string) {
    const data: WriterData = { path }
    this.#worker = new Worker(new URL(`writing/thread${extname(import.meta.url)}`, import.meta.url), {
      workerData: data,
    })
    this.#worker.on('message', (answer: BatchAnswer) => this.#answered(answer))
    this.#worker.on('error', (error: Error) => this.#end(error.message))
    this.#worker.on('exit', () => this.#end('its thread has ended'))
    this.#worker.unref()
  }

  /**
   * Opens the index, or makes it where it is missing, damaged or of another form.
   * @throws {HoopError} STORE_FAILED
   */
  static async open(path: string): Promise<IndexWriter> {
    const writer = new IndexWriter(path)
    try {
      check(await writer.#answer())
    } catch (error) {
      await writer[Symbol.asyncDispose]()
      throw error
    }
    return writer
  }

  /** It can't be used any more. */
  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  /** All of it or nothing. @throws {HoopError} STORE_FAILED */
  async write(batch: Batch): Promise<void> {
    if (this.#ended !== undefined) check({ ok: false, message: this.#ended })
    const answer = this.#answer()
    // As a text: the thread has more time to take it apart than the loop that carries sessions.
    this.#worker.postMessage(JSON.stringify(batch))
    check(await answer)
  }

  /** Resolves when the file is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended !== undefined) return
    const exit = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.ref()
    this.#worker.postMessage('end')
    await exit
  }

  /** The process stays for as long as an answer is missing. */
  #answer(): Promise<BatchAnswer> {
    if (this.#waiting.length === 0) this.#worker.ref()
    return new Promise((answered) => this.#waiting.push(answered))
  }

  #answered(answer: BatchAnswer): void {
    this.#waiting.shift()?.(answer)
    if (this.#waiting.length === 0) this.#worker.unref()
  }

  #end(message: string): void {
    this.#ended ??= message
    for (const answered of this.#waiting.splice(0)) answered({ ok: false, message: this.#ended })
  }
}

const check = (answer: BatchAnswer): void => {
  if (!answer.ok) throw new HoopError('STORE_FAILED', `the index of statements: ${answer.message}`)
}
