import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoreView } from '../verify/store.js'
import { readCheckpoint } from '../log/files.js'
import { allCosigned } from '../witness/cosigned.js'
import { recordingFiles } from '../verify/recordings.js'
import { tarEnd, tarHeader, tarPadding } from './tar.js'

export interface BundleOptions {
  /** Of the ledger. */
  readonly folder: string
  /** Folder. */
  readonly recordings: string
  readonly store: StoreView
  /** The key that signs now. */
  readonly vkey: string
  /** Recordings of days before are left out. */
  readonly since?: Date | undefined
}

/** What stands in `about.json`. */
export interface AboutBundle {
  readonly format: 1
  /** ISO 8601: when it was begun. */
  readonly taken: string
  readonly vkey: string
  readonly since?: string
}

async function* bytes(path: string, content: Buffer): AsyncGenerator<Buffer, void> {
  yield tarHeader(path, content.length)
  yield content
  yield tarPadding(content.length)
}

/** A file as long as it is now: what is added meanwhile isn't taken along. One that is gone by now is left out. */
async function* file(path: string, from: string): AsyncGenerator<Buffer, void> {
  const size = await stat(from).then(
    (found) => found.size,
    () => undefined,
  )
  if (size === undefined) return
  yield tarHeader(path, size)
  if (size > 0) yield* createReadStream(from, { end: size - 1 }) as AsyncIterable<Buffer>
  yield tarPadding(size)
}

const jsonLines = async (items: AsyncIterable<unknown>): Promise<Buffer> => {
  const lines: string[] = []
  for await (const item of items) lines.push(`${JSON.stringify(item)}\n`)
  return Buffer.from(lines.join(''))
}

/** Files below a folder, relative to it, in order. */
const below = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/**
 * Everything that a verification needs, as a tar archive. The checkpoint comes first, with what witnesses signed: whatever follows is at least as new.
 * @throws what the file system or the store says
 */
export async function* writeBundle(options: BundleOptions): AsyncGenerator<Buffer, void> {
  const { folder, recordings, store, vkey, since } = options
  const about: AboutBundle = {
    ...{ format: 1, taken: new Date().toISOString(), vkey },
    ...(since && { since: since.toISOString() }),
  }
  // Before the checkpoint, which has to continue it.
  const cosigned = await allCosigned(folder)
  const checkpoint = await readCheckpoint(folder)
  yield* bytes('about.json', Buffer.from(JSON.stringify(about)))
  if (checkpoint !== undefined) yield* bytes('ledger/checkpoint', Buffer.from(checkpoint))
  for (const { witness, note } of cosigned) yield* bytes(`ledger/cosigned/${witness}`, Buffer.from(note))
  for (const part of ['contents', 'tile', 'rotations'])
    for (const name of await below(join(folder, part))) yield* file(`ledger/${part}/${name}`, join(folder, part, name))
  yield* bytes('store/acts.jsonl', await jsonLines(store.acts()))
  yield* bytes('store/sessions.jsonl', await jsonLines(store.sessions()))
  for (const { day, session, path } of await recordingFiles(recordings))
    if (!since || Date.parse(day) + 86_400_000 >= +since) yield* file(`recordings/${day}/${session}.hooprec`, path)
  yield tarEnd()
}
