import { cp, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Leaf, openLeaf, sealLeaf } from '../../../src/ledger/leaves.js'
import { contentsOf, encodeLine } from '../../../src/ledger/log/contents.js'
import { ledgerKeysText, loadLedgerKeys, newLedgerKeys } from '../../../src/ledger/log/key-file.js'
import { LedgerLog } from '../../../src/ledger/log/log.js'
import { openCheckpoint, signCheckpoint } from '../../../src/ledger/note/checkpoint.js'
import { signerOf } from '../../../src/ledger/note/keys.js'
import { decodeBundle, encodeBundle } from '../../../src/ledger/tiles/bundle.js'
import type { SessionEvent, StartEvent } from '../../../src/recording/events.js'
import { encodeHeader, sha256 } from '../../../src/recording/format/envelope.js'
import { at as offsets, headerPrefix } from '../../../src/recording/format/layout.js'
import { readFrames, readHeader } from '../../../src/recording/format/frames.js'
import { Source } from '../../../src/recording/format/source.js'
import { StatementIndex } from '../../../src/recording/format/statement-index.js'
import { readRecording } from '../../../src/recording/reader.js'
import { finish } from '../../../src/recording/recorder.js'
import { verifyRecording } from '../../../src/recording/verify.js'
import { FrameWriter } from '../../../src/recording/writer.js'
import { AuditView } from '../../../src/store/audit-view.js'
import { tempFolder } from '../../helpers/temp.js'
import { pathOf, type Places } from './history.js'

/** A recording's bytes in pieces: its header, its frames, its trailer. */
const piecesOf = (bytes: Buffer): Buffer[] => {
  const header = headerPrefix + bytes.readUInt32LE(8)
  const pieces = [bytes.subarray(0, header)]
  let from = header
  while (bytes.length - from > 52) {
    const end = from + offsets.payload + bytes.readUInt32LE(from)
    pieces.push(bytes.subarray(from, end))
    from = end
  }
  return [...pieces, bytes.subarray(from)]
}

/** Changes a recording's pieces. */
export const inPieces =
  (session: string, change: (pieces: Buffer[], other: Buffer[]) => readonly Buffer[], other = session) =>
  async (at: Places): Promise<void> => {
    const path = await pathOf(at, session)
    const pieces = piecesOf(Buffer.from(await readFile(path)))
    await writeFile(path, Buffer.concat(change(pieces, piecesOf(await readFile(await pathOf(at, other))))))
  }

export const flip =
  (session: string, place: (bytes: Buffer) => number) =>
  async (at: Places): Promise<void> => {
    const path = await pathOf(at, session)
    const bytes = await readFile(path)
    bytes[place(bytes)]! ^= 0x10
    await writeFile(path, bytes)
  }

/** Writes a recording anew as a whole: every checksum and the chain are right. */
export const rewritten =
  (session: string, change: (events: SessionEvent[]) => readonly SessionEvent[], created?: string) =>
  async (at: Places): Promise<void> => {
    const path = await pathOf(at, session)
    const events: SessionEvent[] = []
    for await (const event of readRecording(path)) events.push(event)
    const [first] = events as [StartEvent]
    const header = encodeHeader({ version: 1, session, created: created ?? first.time })
    await writeFile(path, header)
    await using file = await open(path, 'r+')
    const writer = new FrameWriter(file.fd, { size: header.length, sequence: 0, head: sha256(header) })
    for (const event of change(events)) writer.append('events', `${JSON.stringify(event)}\n`)
    finish(writer, new StatementIndex())
  }

export const sql =
  (text: string) =>
  async (at: Places): Promise<void> => {
    const db = new DatabaseSync(at.store)
    for (const name of ['acts_no_update', 'acts_no_delete']) db.exec(`drop trigger if exists ${name}`)
    db.exec(text)
    db.close()
  }

/** Puts back what an earlier copy has of some places. */
export const rollBack =
  (...what: readonly ('ledger' | 'recordings' | 'store' | 'copies')[]) =>
  async (at: Places, early: Places): Promise<void> => {
    for (const each of what) {
      await rm(at[each], { recursive: true, force: true })
      for (const suffix of ['-wal', '-shm']) await rm(at[each] + suffix, { force: true })
      await cp(early[each], at[each], { recursive: true })
    }
  }

/** Changes the lines of the first file of contents. */
export const lines =
  (change: (lines: string[], find: (text: string) => number) => readonly string[]) =>
  async (at: Places): Promise<void> => {
    const path = join(at.ledger, 'contents', '000.jsonl')
    const all = (await readFile(path, 'utf8')).trimEnd().split('\n')
    const find = (text: string): number => all.findIndex((line) => line.includes(text))
    await writeFile(path, `${change([...all], find).join('\n')}\n`)
  }

/** Another content for a leaf, properly sealed; its line, and the entry. */
const resealed = async (at: Places, text: string, change: (json: string) => string) => {
  const { records } = await contentsOf(at.ledger, 0n)
  const [index, record] = [...records].find(([, { content }]) => content.includes(text))!
  const made = sealLeaf({ ...openLeaf(record), ...(JSON.parse(change(record.content)) as object) })
  return { index, made }
}

export const resealedLine =
  (text: string, change: (json: string) => string) =>
  async (at: Places): Promise<void> => {
    const { index, made } = await resealed(at, text, change)
    await lines((all) => all.toSpliced(Number(index), 1, encodeLine(index, made).trimEnd()))(at)
  }

/** In the bundle too, which the tree is made of. */
export const resealedEntry =
  (text: string, change: (json: string) => string) =>
  async (at: Places): Promise<void> => {
    const { index, made } = await resealed(at, text, change)
    await lines((all) => all.toSpliced(Number(index), 1, encodeLine(index, made).trimEnd()))(at)
    const path = await bundlePath(at)
    await writeFile(path, encodeBundle(decodeBundle(await readFile(path)).toSpliced(Number(index), 1, made.entry)))
  }

/** What a gateway that goes on for longer than a heartbeat enters; or whoever has its key. */
export const goesOn =
  (...leaves: readonly Leaf[]) =>
  async (at: Places): Promise<void> => {
    const log = await LedgerLog.open({ folder: at.ledger, keys: await loadLedgerKeys(at.keys) })
    for (const leaf of leaves) await log.append(leaf)
    await log.append({ kind: 'heartbeat', time: new Date(Date.now() + 180_000).toISOString(), sessions: 0 })
  }

/** A recording's frames as they were, with another content: every checksum, and the chain, are right. */
export const framesRewritten =
  (session: string, change: (json: string) => string) =>
  async (at: Places): Promise<void> => {
    const path = await pathOf(at, session)
    const frames: string[] = []
    let bytes: Buffer
    {
      await using source = await Source.open(path)
      const { header, chain } = await readHeader(source)
      bytes = encodeHeader(header)
      for await (const frame of readFrames(source, chain))
        if (frame.kind === 'events') frames.push(change(frame.content.toString()))
    }
    await writeFile(path, bytes)
    await using file = await open(path, 'r+')
    const writer = new FrameWriter(file.fd, { size: bytes.length, sequence: 0, head: sha256(bytes) })
    for (const text of frames) writer.append('events', text)
    finish(writer, new StatementIndex())
  }

/** Enters once more what the files say by now. */
export const reentered =
  (kind: 'act' | 'session.end') =>
  async (at: Places): Promise<void> => {
    const { records } = await contentsOf(at.ledger, 0n)
    const time = new Date().toISOString()
    const leaves: Leaf[] = []
    using view = new AuditView(at.store)
    if (kind === 'act')
      for await (const { time: done, ...act } of view.acts()) leaves.push({ kind, time, ...act, at: done })
    for (const [, record] of records) {
      const leaf = openLeaf(record)
      if (kind === 'act' || leaf.kind !== kind) continue
      const { head, frames, size } = await verifyRecording(await pathOf(at, leaf.session))
      leaves.push({ ...leaf, time, head, frames, size })
    }
    await goesOn(...leaves)(at)
  }

const sizeOf = async (at: Places): Promise<bigint> => {
  const { signers } = await loadLedgerKeys(at.keys)
  return openCheckpoint(await readFile(join(at.ledger, 'checkpoint'), 'utf8'), signers).size
}

export const bundlePath = async (at: Places): Promise<string> =>
  join(at.ledger, 'tile', 'entries', '000.p', `${await sizeOf(at)}`)
export const tilePathOf = async (at: Places): Promise<string> =>
  join(at.ledger, 'tile', '0', '000.p', `${await sizeOf(at)}`)

/** The log once more by whoever has its key, with something changed: every hash and signature is right. */
export const forked =
  (change: (json: string) => string) =>
  async (at: Places): Promise<void> => {
    const { records } = await contentsOf(at.ledger, 0n)
    await using folder = await tempFolder()
    const log = await LedgerLog.open({ folder: folder.path, keys: await loadLedgerKeys(at.keys) })
    for (const [, { content }] of [...records].sort(([one], [other]) => Number(one - other)))
      await log.append(JSON.parse(change(content)) as never)
    await rm(at.ledger, { recursive: true })
    await cp(folder.path, at.ledger, { recursive: true })
  }

/** The checkpoint signed by a key that nobody knows, under the log's own name. */
export const signedByAnother = async (at: Places): Promise<void> => {
  const path = join(at.ledger, 'checkpoint')
  const { origin, signers } = await loadLedgerKeys(at.keys)
  const checkpoint = openCheckpoint(await readFile(path, 'utf8'), signers)
  await writeFile(path, signCheckpoint(checkpoint, [signerOf(origin, Buffer.alloc(32, 9))]))
}

export const larger = async (at: Places): Promise<void> => {
  const path = join(at.ledger, 'checkpoint')
  const text = await readFile(path, 'utf8')
  const [origin, size, ...rest] = text.split('\n')
  await writeFile(path, [origin, Number(size) + 1, ...rest].join('\n'))
}

export const moved =
  (session: string, to: (path: string) => string, isCopy = false) =>
  async (at: Places): Promise<void> => {
    const path = await pathOf(at, session)
    await mkdir(dirname(to(path)), { recursive: true })
    await (isCopy ? cp(path, to(path)) : rename(path, to(path)))
  }

export const anotherLog = async (at: Places): Promise<void> => {
  await rm(at.ledger, { recursive: true })
  await mkdir(at.ledger)
  await writeFile(at.keys, ledgerKeysText(newLedgerKeys('gateway.example.com')))
  const log = await LedgerLog.open({ folder: at.ledger, keys: await loadLedgerKeys(at.keys) })
  await log.append({ kind: 'begin', time: new Date().toISOString(), version: '0.0.0', vkey: log.vkey })
}

export const inOrder = async (
  at: Places,
  early: Places,
  ...steps: readonly ((at: Places, early: Places) => Promise<void>)[]
): Promise<void> => {
  for (const step of steps) await step(at, early)
}
