import { HoopError } from '../../lib/errors.js'
import { type Leaf, type LeafRecord, openLeaf, sealLeaf } from '../leaves.js'
import { openCheckpoint, signCheckpoint } from '../note/checkpoint.js'
import type { Signer } from '../note/keys.js'
import { tileWidth } from '../tiles/paths.js'
import { contentsPath, encodeLine } from './contents.js'
import { emptyLines } from './emptied.js'
import { appendFrom, checkpointPath, replaceWhole, rotationPath } from './files.js'
import { openLog } from './heal.js'
import type { LedgerKeys } from './key-file.js'
import type { TreeWriter } from './tree-writer.js'

/** What has become part of the log. */
export interface Published {
  readonly checkpoint: string
  readonly size: bigint
  readonly leaves: readonly { readonly index: bigint; readonly leaf: Leaf }[]
}

export interface LogOptions {
  /** Of this log alone, which is there; whoever opens the log holds its lock. */
  readonly folder: string
  readonly keys: LedgerKeys
  /** Told of every checkpoint, before those who wait for it. Must not throw. */
  readonly published?: (published: Published) => void
}

interface Waiting {
  readonly record: LeafRecord
  readonly done: (index: bigint) => void
  readonly failed: (error: unknown) => void
}

interface Emptying {
  readonly indexes: readonly bigint[]
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

interface State {
  readonly tree: TreeWriter
  end: number
  readonly folder: string
}

/** Leaves that become part of the log together: bounds how long others wait for one fsync. */
const most = 1000

/**
 * The writing side of a log. Leaves that come while a batch is written make up the next one: each is on disk, in the tree
 * and under a signed checkpoint when its promise resolves.
 */
export class LedgerLog {
  readonly #options: LogOptions
  #keys: LedgerKeys
  /** Undefined after a failure: what is on disk is looked at anew then. */
  #state: State | undefined
  /** That signed the last checkpoint. */
  #current: Signer | undefined
  #waiting: Waiting[] = []
  /** Leaves whose contents are to go, between two batches. */
  #emptying: Emptying[] = []
  #running: Promise<void> | undefined
  #checkpoint: string | undefined

  private constructor(options: LogOptions) {
    this.#options = options
    this.#keys = options.keys
  }

  /** @throws {HoopError} LEDGER_FAILED where it can't be read or written; LEDGER_DAMAGED */
  static async open(options: LogOptions): Promise<LedgerLog> {
    const log = new LedgerLog(options)
    await log.#whole().catch((error: unknown) => {
      throw failure(error)
    })
    return log
  }

  get origin(): string {
    return this.#keys.origin
  }

  /** The last checkpoint; undefined until something was added. */
  get checkpoint(): string | undefined {
    return this.#checkpoint
  }

  /** The key that signs. */
  get vkey(): string {
    return this.#signer.vkey
  }

  /** @returns its index, once it is published. @throws {HoopError} LEDGER_FAILED, LEDGER_DAMAGED */
  append(leaf: Leaf): Promise<bigint> {
    return new Promise((done, failed) => {
      this.#waiting.push({ record: sealLeaf(leaf), done, failed })
      this.#running ??= this.#run()
    })
  }

  /**
   * Takes contents and salts of leaves that are published out of the files. What says that it is done has to be in the log before.
   * @throws {HoopError} LEDGER_FAILED, LEDGER_DAMAGED
   */
  empty(indexes: readonly bigint[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#emptying.push({ indexes, done, failed })
      this.#running ??= this.#run()
    })
  }

  /** Another key signs from now on, if it is another: a leaf says so, under a checkpoint that both have signed. */
  async rotate(keys: LedgerKeys, time = new Date()): Promise<void> {
    const [{ vkey }] = keys.signers
    const former = this.#signer.vkey
    if (keys.origin !== this.origin) throw new HoopError('CONFIG_INVALID', 'the keys are those of another ledger')
    this.#keys = { ...keys, signers: [...keys.signers, ...this.#keys.signers] }
    if (vkey !== former) await this.append({ kind: 'key', time: time.toISOString(), vkey, former, ...keys.newest })
  }

  /** Resolves when everything asked for so far is published or has failed. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running
  }

  get #signer(): Signer {
    return this.#current ?? this.#keys.signers[0]
  }

  async #run(): Promise<void> {
    while (this.#waiting.length + this.#emptying.length > 0) {
      for (const each of this.#emptying.splice(0)) await this.#empty(each)
      if (this.#waiting.length === 0) continue
      const batch = this.#waiting.splice(0, most)
      try {
        const state = await this.#whole()
        const first = state.tree.head.size
        await this.#write(
          state,
          batch.map(({ record }) => record),
        )
        for (const [at, { done }] of batch.entries()) done(first + BigInt(at))
      } catch (error) {
        this.#state = undefined
        for (const { failed } of batch) failed(failure(error))
      }
    }
    this.#running = undefined
  }

  async #empty({ indexes, done, failed }: Emptying): Promise<void> {
    try {
      const { tree, folder } = await this.#whole()
      if (indexes.some((index) => index >= tree.head.size))
        throw new HoopError('LEDGER_DAMAGED', 'there is no such leaf')
      // Lines have other lengths from here on: where the last one ends is looked at anew.
      this.#state = undefined
      await emptyLines(folder, indexes)
      done()
    } catch (error) {
      this.#state = undefined
      failed(failure(error))
    }
  }

  /** As it stands on disk, with what a crash left published. */
  async #whole(): Promise<State> {
    if (this.#state) return this.#state
    const { folder } = this.#options
    const { tree, checkpoint, unpublished, end } = await openLog(folder, this.#keys)
    this.#checkpoint = checkpoint
    this.#current = signerInForce(checkpoint, this.#keys)
    const state = { tree, end, folder }
    await this.#publish(state, unpublished)
    return (this.#state = state)
  }

  async #write(state: State, records: readonly LeafRecord[]): Promise<void> {
    let index = state.tree.head.size
    for (let from = 0; from < records.length;) {
      const room = tileWidth - Number(index % BigInt(tileWidth))
      const part = records.slice(from, from + room)
      const lines = Buffer.from(part.map((record, at) => encodeLine(index + BigInt(at), record)).join(''))
      await appendFrom(contentsPath(state.folder, index / BigInt(tileWidth)), state.end, lines)
      state.end = part.length === room ? 0 : state.end + lines.length
      index += BigInt(part.length)
      from += part.length
    }
    await this.#publish(state, records)
  }

  /** A leaf that names another key ends a tree of its own, which both keys sign. */
  async #publish(state: State, records: readonly LeafRecord[]): Promise<void> {
    for (let from = 0; from < records.length;) {
      const rest = records.slice(from).map(openLeaf)
      const key = rest.findIndex(({ kind }) => kind === 'key')
      const leaves = key < 0 ? rest : rest.slice(0, key + 1)
      const first = state.tree.head.size
      await state.tree.add(records.slice(from, from + leaves.length).map(({ entry }) => entry))
      const { origin } = this.#keys
      const head = { origin, ...state.tree.head }
      const last = leaves.at(-1)
      const next = last?.kind === 'key' ? this.#keys.signers.find(({ vkey }) => vkey === last.vkey) : undefined
      if (last?.kind === 'key' && !next)
        throw new HoopError('LEDGER_DAMAGED', 'a key that the log names is not in its file')
      const checkpoint = signCheckpoint(head, next ? [this.#signer, next] : [this.#signer])
      if (next) await replaceWhole(rotationPath(state.folder, head.size), checkpoint)
      await replaceWhole(checkpointPath(state.folder), checkpoint)
      this.#checkpoint = checkpoint
      this.#current = next ?? this.#signer
      from += leaves.length
      const added = leaves.map((leaf, at) => ({ index: first + BigInt(at), leaf }))
      this.#options.published?.({ checkpoint, size: head.size, leaves: added })
    }
  }
}

/** Of a handed-over checkpoint, the newer one. */
const signerInForce = (checkpoint: string | undefined, { signers }: LedgerKeys): Signer | undefined => {
  if (checkpoint === undefined) return undefined
  const { signedBy } = openCheckpoint(checkpoint, signers)
  return signers.find((signer) => signedBy.some(({ vkey }) => vkey === signer.vkey))
}

const failure = (error: unknown): HoopError => {
  if (error instanceof HoopError) return error
  const { code, message } = error as NodeJS.ErrnoException
  return new HoopError('LEDGER_FAILED', code ?? message, { cause: error })
}
