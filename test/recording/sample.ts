import { readFile, writeFile } from 'node:fs/promises'
import type { ResultEvent, SessionEvent, StartEvent, StatementEvent } from '../../src/recording/events.js'
import { openRecording } from '../../src/recording/open.js'
import { markOpen } from '../../src/recording/open-index.js'
import { recordingPath } from '../../src/recording/paths.js'
import { readRecording, type RecordingEnd } from '../../src/recording/reader.js'

export const start: StartEvent = {
  type: 'start',
  at: 0,
  time: '2026-11-20T09:30:00.000Z',
  session: 'ses_01',
  subject: 'auth0|ada',
  name: 'ada@example.com',
  groups: ['contractors'],
  connection: 'vectordb',
  database: 'vectors',
  grant: 'gr_01',
  proof: { issuer: 'https://login.example.com', jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
  reason: 'ticket 42',
  client: { address: '192.0.2.7', application: 'psql', user: 'ada', protocol: '3.2' },
  policy: { name: 'research', hash: 'sha256:aa' },
  gateway: { version: '0.1.0' },
  server: { version: '18.4', pid: 4711 },
}

export const statement = (n: number, text = `SELECT ${n}`, more: Partial<StatementEvent> = {}): StatementEvent => ({
  type: 'statement',
  at: n * 1000,
  n,
  via: 'simple',
  text,
  ...more,
})

export const result = (n: number, more: Partial<ResultEvent> = {}): ResultEvent => ({
  type: 'result',
  at: n * 1000 + 5,
  n,
  tag: 'SELECT 1',
  rows: 1,
  bytes: 20,
  masked: 0,
  duration: 5,
  ...more,
})

export const closed = { end: 'closed', counters: { statements: 3 } } as const

/** A recording of `count` statements, each in a frame of its own with its result before the next; its path. */
export async function record(folder: string, count = 3, end: 'closed' | 'open' = 'closed'): Promise<string> {
  const recorder = await openRecording(folder, start)
  for (let n = 1; n <= count; n++) {
    recorder.record(statement(n))
    recorder.commit()
    recorder.record(result(n))
  }
  recorder.flush()
  const path = recordingPath(folder, start.session, start.time)
  const live = await readFile(path)
  const failure = recorder.close(closed)
  if (failure) throw failure as Error
  await recorder.released
  if (end === 'open') await leftOpen(folder, path, live)
  return path
}

/** As if the process that wrote it had died with these bytes: nobody holds the file open, and nobody has closed it. */
export async function leftOpen(folder: string, path: string, bytes: Buffer): Promise<void> {
  await writeFile(path, bytes)
  await markOpen(folder, path)
}

/** Everything that can be read, how it ended, and what stopped it. */
export async function readAll(path: string): Promise<{ events: SessionEvent[]; end?: RecordingEnd; error?: unknown }> {
  const events: SessionEvent[] = []
  const reading = readRecording(path)
  try {
    for (;;) {
      const next = await reading.next()
      if (next.done) return { events, end: next.value }
      events.push(next.value)
    }
  } catch (error) {
    return { events, error }
  }
}

/** A changed copy beside the original; its path. */
export async function changed(path: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const copy = `${path}.changed`
  await writeFile(copy, change(Buffer.from(await readFile(path))))
  return copy
}

/** Offsets of all frames, then of the trailer. */
export function frameOffsets(bytes: Buffer): number[] {
  const offsets = [16 + bytes.readUInt32LE(8)]
  for (let offset = offsets[0] ?? 0; bytes.toString('latin1', offset, offset + 8) !== 'HOOPEND1';) {
    offset += 52 + bytes.readUInt32LE(offset)
    if (offset > bytes.length) break
    offsets.push(offset)
    if (offset === bytes.length) break
  }
  return offsets
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
