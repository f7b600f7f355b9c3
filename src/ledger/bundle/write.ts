import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StoreView } from '../verify/store.js'
import { readCheckpoint } from '../log/files.js'
import { allCosigned } from '../witness/cosigned.js'
import { isLink, recordingFiles } from '../verify/recordings.js'
import { verifyPage } from '../page/page.js'
import { type AboutBundle, storePart } from './parts.js'
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

async function* bytes(path: string, content: Buffer): AsyncGenerator<Buffer, void> {
  yield tarHeader(path, content.length)
  yield content
  yield tarPadding(content.length)
}

/** A file as long as it is now: what is added meanwhile isn't taken along. One that is gone by now is left out. */
async function* file(path: string, from: string): AsyncGenerator<Buffer, void> {
  // What a link leads to is none of the record's, nor is what a pipe brings: opened otherwise, it would be waited for.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const handle = await open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined)
  if (!handle) return
  try {
    const there = await handle.stat()
    if (!there.isFile()) return
    const { size } = there
    yield tarHeader(path, size)
    if (size > 0) yield* handle.createReadStream({ end: size - 1, autoClose: false }) as AsyncIterable<Buffer>
    yield tarPadding(size)
  } finally {
    await handle.close()
  }
}

/** Lines of one file of the store's. */
const portion = 1000

/** In files of so many lines: an archive says a file's length first, and a whole store at once would take the gateway's time. */
async function* jsonLines(name: string, items: AsyncIterable<unknown>): AsyncGenerator<Buffer, void> {
  let [part, lines]: [number, string[]] = [0, []]
  for await (const item of items) {
    lines.push(`${JSON.stringify(item)}\n`)
    if (lines.length < portion) continue
    yield* bytes(storePart(name, part++), Buffer.from(lines.join('')))
    lines = []
    await new Promise((turn) => setImmediate(turn))
  }
  if (lines.length > 0) yield* bytes(storePart(name, part), Buffer.from(lines.join('')))
}

/** Files below a folder, relative to it, in order. A folder that is gone by now has none. */
const below = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isDirectory()) return entry.isFile() ? [entry.name] : []
      return (await below(join(folder, entry.name))).map((name) => join(entry.name, name))
    }),
  )
  return found.flat().sort()
}

/**
 * The files of one part of the log. A tile that isn't whole goes when the whole one is there, maybe in the middle of this:
 * those that came meanwhile are looked for once more.
 */
async function* logFiles(folder: string, part: string): AsyncGenerator<Buffer, void> {
  const written = new Set<string>()
  for (let passes = part === 'tile' ? 2 : 1; passes > 0; passes--)
    for (const name of await below(join(folder, part))) {
      if (written.has(name)) continue
      for await (const bytesOf of file(`ledger/${part}/${name}`, join(folder, part, name))) {
        written.add(name)
        yield bytesOf
      }
    }
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
  yield* bytes('verify.html', Buffer.from(await verifyPage()))
  yield* bytes('about.json', Buffer.from(JSON.stringify(about)))
  if (checkpoint !== undefined) yield* bytes('ledger/checkpoint', Buffer.from(checkpoint))
  for (const { witness, note } of cosigned) yield* bytes(`ledger/cosigned/${witness}`, Buffer.from(note))
  for (const part of ['contents', 'tile', 'rotations']) yield* logFiles(folder, part)
  yield* jsonLines('acts', store.acts())
  yield* jsonLines('sessions', store.sessions())
  for (const { day, session, path } of await recordingFiles(recordings))
    if ((!since || Date.parse(day) + 86_400_000 >= +since) && !(await isLink(dirname(path))))
      yield* file(`recordings/${day}/${session}.hooprec`, path)
  yield tarEnd()
}
