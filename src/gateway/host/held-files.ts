import { stat } from 'node:fs/promises'
import { type ErrorCode, HoopError } from '../../lib/errors.js'

/** How often is looked, milliseconds. */
const lookEvery = 1_000

/** A file that has to stay the one that it was when it was opened. */
export interface HeldFile {
  readonly path: string
  /** What can't be done any more once it is another. */
  readonly code: Extract<ErrorCode, 'RECORDING_FAILED' | 'STORE_FAILED' | 'LEDGER_FAILED'>
}

interface Known extends HeldFile {
  readonly identity: string | undefined
}

/** By what a file is known, whatever it is called; undefined where there is none of that name. */
const identityOf = async (path: string): Promise<string | undefined> => {
  try {
    const { dev, ino } = await stat(path, { bigint: true })
    return `${dev}:${ino}`
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/**
 * Looks whether files are still where they were. A lock on a file that was deleted, or moved with its folder, keeps nobody
 * out of what has taken its place, and what is written to such a file is found by nobody. Of what can't be found out
 * nothing is concluded: writing to it fails by itself.
 */
export class HeldFiles implements Disposable {
  readonly #files: readonly Known[]
  readonly #lost = Promise.withResolvers<HoopError>()
  readonly #timer: NodeJS.Timeout
  #error: HoopError | undefined

  private constructor(files: readonly Known[]) {
    this.#files = files
    this.#timer = setInterval(() => void this.#look(), lookEvery).unref()
  }

  /** @param files which are there */
  static async of(files: readonly HeldFile[]): Promise<HeldFiles> {
    return new HeldFiles(
      await Promise.all(files.map(async (file) => ({ ...file, identity: await identityOf(file.path) }))),
    )
  }

  /** Resolves, with which and what follows, when one is no longer what it was. They count as lost from then on. */
  get lost(): Promise<HoopError> {
    return this.#lost.promise
  }

  /** @throws {HoopError} RECORDING_FAILED, STORE_FAILED or LEDGER_FAILED where one is lost */
  async assert(): Promise<void> {
    await this.#look()
    if (this.#error) throw this.#error
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    for (const { path, code, identity } of this.#files) {
      if (this.#error) return
      const now = await identityOf(path).catch(() => identity)
      if (now === identity || this.#error) continue
      this.#error = new HoopError(code, `${path} was ${now === undefined ? 'deleted or moved' : 'replaced'}`, {
        hint: 'Find out who did. The next start takes what is there by then.',
      })
      this.#lost.resolve(this.#error)
    }
  }
}
