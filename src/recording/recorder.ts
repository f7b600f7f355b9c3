import { fstatSync, lstatSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { HoopError, asHoopError } from '../lib/errors.js'
import type { EndEvent, SessionEvent, SessionRecorder } from './events.js'
import { Grouped } from './grouped.js'
import { type RecordingIndex, StatementIndex } from './format/statement-index.js'
import { FrameWriter, type Position } from './writer.js'

/** UTF-16 units buffered before they are written without waiting for a commit. */
const maxPending = 64 * 1024
/** Results wait at most this long for a commit to take them along, ms. With the timer's own lateness: under 200. */
const flushEvery = 150
/** What the machine may lose at power failure, ms. */
const syncEvery = 1000

const flushes = new Grouped<FileRecorder>(flushEvery, (recorder) => recorder.flush())
const syncs = new Grouped<FileRecorder>(syncEvery, (recorder) => recorder.sync())

/** What the recorder needs of a file. */
export type RecordingFile = Pick<FileHandle, 'fd' | 'datasync' | 'close'>

/** Is told how long recording takes, in milliseconds. */
export interface RecordingTimes {
  /** What was buffered has been written. */
  wrote(milliseconds: number): void
  /** What was written has been brought to the disk. */
  synced(milliseconds: number): void
  /** A write has failed: the session ends over it. */
  failed(): void
}

export interface RecorderOptions {
  readonly path?: string
  readonly times?: RecordingTimes | undefined
  readonly whole?: () => Promise<void>
}

/** The recording of one live session. After the first failed write it takes nothing more, and every commit throws. */
export class FileRecorder implements SessionRecorder {
  readonly id: string
  readonly origin = performance.now()
  readonly #file: RecordingFile
  readonly #writer: FrameWriter
  readonly #index = new StatementIndex()
  readonly #whole: () => Promise<void>
  /** Where the file was when it was opened, by its number; absent where that can't be told. */
  readonly #named: { readonly path: string; readonly inode: number } | undefined
  readonly #times: RecordingTimes | undefined
  #pending = ''
  #firstStatement = 0
  #failure: HoopError | undefined
  #ended = false
  #released: Promise<unknown> = Promise.resolve()

  /**
   * @param path of the file: where another is there, or none, the recording takes nothing more
   * @param whole called once the recording is on disk to its last byte
   */
  constructor(
    id: string,
    file: RecordingFile,
    position: Position,
    { path, times, whole = async () => {} }: RecorderOptions = {},
  ) {
    this.#times = times
    this.id = id
    this.#file = file
    this.#whole = whole
    const inode = path === undefined ? undefined : inodeAt(path)
    // Some file systems number their files anew each time.
    if (path !== undefined && inode !== undefined && fstatSync(file.fd).ino === inode) this.#named = { path, inode }
    this.#writer = new FrameWriter(file.fd, position)
  }

  /** Settles, with what went wrong if anything did, once an ended recording is on disk and its file closed. */
  get released(): Promise<unknown> {
    return this.#released
  }

  /** How far it has come. */
  get position(): Position {
    return this.#writer.position
  }

  /** Brings all that was recorded to the disk. @returns how far that is; undefined where it failed */
  async witness(): Promise<Position | undefined> {
    this.flush()
    const { position } = this
    await this.sync()
    return this.#failure ? undefined : position
  }

  record(event: SessionEvent): void {
    if (this.#failure || this.#ended) return
    this.#pending += JSON.stringify(event) + '\n'
    if (event.type === 'statement') this.#firstStatement ||= event.n
    if (this.#pending.length > maxPending) this.flush()
    else flushes.add(this)
  }

  commit(): void {
    if (this.#failure) throw this.#failure
    if (this.#ended) throw new HoopError('RECORDING_FAILED', 'the recording has ended')
    if (this.#pending !== '') this.#write()
  }

  /** Writes what is buffered; a failure shows at the next commit. */
  flush(): void {
    if (this.#failure || this.#pending === '') return
    try {
      this.#write()
    } catch {
      // #failure has it
    }
  }

  /** Brings what was written to the disk itself. A failure shows at the next commit. */
  async sync(): Promise<void> {
    if (this.#ended) return
    const began = performance.now()
    try {
      await this.#file.datasync()
      this.#times?.synced(performance.now() - began)
    } catch (cause) {
      this.#fail(new HoopError('RECORDING_FAILED', 'the disk did not take it', { cause }))
    }
  }

  close(end: Omit<EndEvent, 'type' | 'at' | 'time'>): unknown {
    if (this.#ended) return undefined
    this.#ended = true
    flushes.delete(this)
    syncs.delete(this)
    const event: EndEvent = {
      type: 'end',
      at: performance.now() - this.origin,
      time: new Date().toISOString(),
      ...end,
    }
    const failure = this.#finish(JSON.stringify(event) + '\n')
    this.#released = this.#release(failure === undefined)
    return failure
  }

  #fail(error: HoopError): HoopError {
    if (!this.#failure) this.#times?.failed()
    return (this.#failure ??= error)
  }

  #write(): void {
    const offset = this.#writer.size
    const began = performance.now()
    try {
      this.#writer.append('events', this.#pending)
      // What is written to a file that is not in its place is found by nobody.
      if (this.#named && inodeAt(this.#named.path) !== this.#named.inode)
        throw new HoopError('RECORDING_FAILED', 'the recording was deleted, moved or replaced')
    } catch (error) {
      throw this.#fail(asHoopError(error, 'RECORDING_FAILED'))
    }
    this.#times?.wrote(performance.now() - began)
    if (this.#firstStatement) this.#index.add(this.#firstStatement, offset)
    this.#firstStatement = 0
    this.#pending = ''
    syncs.add(this)
  }

  // The batch that failed is tried once more: it may hold results, and there may be room by now. A statement in it was
  // never run; that it stands there without a result, before an end that says why, errs on the side that can't hide.
  #finish(end: string): unknown {
    try {
      this.#writer.append('events', this.#pending + end)
    } catch (error) {
      try {
        this.#writer.append('events', end)
      } catch {
        return this.#failure ?? error
      }
    }
    return this.#failure ?? finish(this.#writer, this.#index)
  }

  async #release(isWhole: boolean): Promise<unknown> {
    const synced = await this.#file.datasync().catch((error: unknown) => error)
    const closed = await this.#file.close().catch((error: unknown) => error)
    const problem = synced ?? closed
    if (isWhole && !problem) await this.#whole()
    return problem
  }
}

/** Which file is at a path, where it is no link to one. */
const inodeAt = (path: string): number | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.ino
  } catch {
    return undefined
  }
}

/** Writes index and trailer. @returns what went wrong; the events are all there even so */
export const finish = (writer: FrameWriter, index: StatementIndex): unknown => {
  const { sequence, size } = writer.position
  try {
    writer.finish(JSON.stringify({ statements: index.entries, frames: sequence, bytes: size } satisfies RecordingIndex))
    return undefined
  } catch (error) {
    return error
  }
}
