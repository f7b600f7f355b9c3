import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HoopError } from '../../lib/errors.js'
import type { StoreView } from '../verify/store.js'
import { checkedRow, type Rows } from './rows.js'
import { readTar } from './tar.js'
import { type AboutBundle, storePart } from './parts.js'

/** A bundle that lies in a folder, ready to be verified. Nothing of it is believed yet. */
export interface UnpackedBundle {
  readonly about: AboutBundle
  readonly folder: string
  readonly recordings: string
  readonly store: StoreView
}

/** Names that a bundle has; what is called otherwise could lead out of the folder. */
const allowed =
  /^(?:verify\.html|about\.json|ledger\/[\w./]+|store\/[a-z]+\.\d{1,9}\.jsonl|recordings\/\d{4}-\d\d-\d\d\/[\w-]+\.hooprec)$/

const isAllowed = (path: string): boolean => allowed.test(path) && !path.includes('..') && !path.includes('//')

const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))

/** Of all parts, each of which is small. */
async function* jsonLines<Name extends keyof Rows>(folder: string, name: Name): AsyncGenerator<Rows[Name], void> {
  for (let part = 0; existsSync(partPath(folder, name, part)); part++)
    for (const [at, line] of (await readFile(partPath(folder, name, part), 'utf8')).split('\n').entries()) {
      const place = `line ${at + 1} of ${storePart(name, part)}`
      if (line !== '') yield checkedRow(name, rowOf(line, place), place)
    }
}

/** @throws {HoopError} AUDIT_TAMPERED */
const rowOf = (line: string, place: string): object => {
  try {
    const row = JSON.parse(line) as unknown
    if (typeof row === 'object' && row !== null) return row
  } catch {
    // What it says can be anything: it isn't repeated.
  }
  throw new HoopError('AUDIT_TAMPERED', `${place} is none that a gateway writes`)
}

const partPath = (folder: string, name: string, part: number): string => join(folder, storePart(name, part))

/**
 * Unpacks a bundle into a folder of its own.
 * @param told how many bytes have come
 * @throws {HoopError} NOTE_INVALID
 */
export const readBundle = async (
  stream: AsyncIterable<Buffer>,
  into: string,
  told: (bytes: number) => void = () => undefined,
): Promise<UnpackedBundle> => {
  let done = 0
  await mkdir(join(into, 'recordings'), { recursive: true })
  for await (const { path, size, content } of readTar(stream)) {
    if (!isAllowed(path)) throw new HoopError('NOTE_INVALID', 'the bundle has a file that is none of a bundle’s')
    await mkdir(dirname(join(into, path)), { recursive: true })
    await pipeline(content, createWriteStream(join(into, path), { flags: 'wx', mode: 0o600 }))
    done += size
    told(done)
  }
  const about = await readFile(join(into, 'about.json'), 'utf8').then(
    (text) => JSON.parse(text) as AboutBundle,
    () => undefined,
  )
  if (
    about?.format !== 1 ||
    typeof about.vkey !== 'string' ||
    !isTime(about.taken) ||
    !isTime(about.since ?? about.taken)
  )
    throw new HoopError('NOTE_INVALID', 'this is no bundle of a gateway’s record, or one of a newer version')
  return {
    ...{ about, folder: join(into, 'ledger'), recordings: join(into, 'recordings') },
    store: {
      sessions: () => jsonLines(into, 'sessions'),
      acts: () => jsonLines(into, 'acts'),
    },
  }
}
