import { isUtf8 } from 'node:buffer'
import { looksLikeJson } from './json.js'
import { scanKindOf, type AddedKinds } from './kinds.js'
import { scanText, type Scanning, type Writing } from './text.js'

type Scanned = Buffer | null | undefined

const NULL = Buffer.from([0xff, 0xff, 0xff, 0xff])

const written = (text: string | null | undefined, encoding: 'utf8' | 'latin1'): Scanned =>
  typeof text === 'string' ? Buffer.from(text, encoding) : text

/** Text in whatever encoding; what isn't UTF-8 is looked through byte by byte. */
export const scanBytes = (value: Buffer, writing: Writing, scanning: Scanning): Scanned => {
  const encoding = isUtf8(value) ? 'utf8' : 'latin1'
  return written(scanText(value.toString(encoding), writing, scanning), encoding)
}

/** A version byte, then the text. */
const jsonb = (value: Buffer, scanning: Scanning): Scanned => {
  const scanned = scanBytes(value.subarray(1), 'json', scanning)
  return scanned && Buffer.concat([value.subarray(0, 1), scanned])
}

/** There is no telling where text ends in it: it goes as a whole. */
const opaque = (value: Buffer, scanning: Scanning): Scanned =>
  scanText(value.toString('latin1'), 'structured', scanning) === undefined ? undefined : null

/** Values with their lengths, from `at` to the end; undefined where they don't fill it. */
const lengthed = (value: Buffer, at: number, count: number, oidOf: (at: number) => number | undefined) => {
  const items: { readonly start: number; readonly end: number; readonly oid: number | undefined }[] = []
  for (let item = 0; item < count; item++) {
    const oid = oidOf(at)
    if (oid !== undefined) at += 4
    if (at + 4 > value.length) return undefined
    const length = value.readInt32BE(at)
    if (length < -1 || at + 4 + Math.max(length, 0) > value.length) return undefined
    items.push({ start: at, end: at + 4 + Math.max(length, 0), oid })
    at += 4 + Math.max(length, 0)
  }
  return at === value.length ? items : undefined
}

/** Dimensions, flags, the elements' type, lengths and lower bounds, elements. @see PostgreSQL source, array_send */
const itemsOfArray = (value: Buffer) => {
  if (value.length < 12) return undefined
  const [dimensions, oid] = [value.readInt32BE(), value.readUInt32BE(8)]
  if (dimensions < 0 || dimensions > 6 || value.readUInt32BE(4) > 1 || value.length < 12 + 8 * dimensions)
    return undefined
  let count = dimensions === 0 ? 0 : 1
  for (let each = 0; each < dimensions; each++) count *= value.readInt32BE(12 + 8 * each)
  if (count < 0 || count > value.length / 4) return undefined
  return lengthed(value, 12 + 8 * dimensions, count, () => undefined)?.map((item) => ({ ...item, oid }))
}

/** The number of columns, then each with its type. @see PostgreSQL source, record_send */
const itemsOfRecord = (value: Buffer) => {
  if (value.length < 4) return undefined
  const count = value.readInt32BE()
  if (count < 0 || count > value.length / 8) return undefined
  const within = (at: number): number => (at + 4 <= value.length ? value.readUInt32BE(at) : 0)
  return lengthed(value, 4, count, within)
}

interface Look {
  readonly scanning: Scanning
  readonly added: AddedKinds
}

const scanItems = (value: Buffer, items: ReturnType<typeof itemsOfRecord>, { scanning, added }: Look): Scanned => {
  if (!items) return opaque(value, scanning)
  const pieces: Buffer[] = []
  let copied = 0
  for (const { start, end, oid } of items) {
    if (end === start + 4) continue
    const scanned = scanBinary(oid ?? 0, value.subarray(start + 4, end), scanning, added)
    if (scanned === undefined) continue
    pieces.push(value.subarray(copied, start))
    if (scanned) {
      const length = Buffer.allocUnsafe(4)
      length.writeInt32BE(scanned.length)
      pieces.push(length, scanned)
    } else pieces.push(NULL)
    copied = end
  }
  if (copied === 0) return undefined
  return Buffer.concat([...pieces, value.subarray(copied)])
}

const scanArray = (value: Buffer, items: ReturnType<typeof itemsOfArray>, look: Look): Scanned => {
  const scanned = scanItems(value, items, look)
  // It says whether NULLs are in it; that there may be is always right.
  if (scanned && items) scanned.writeInt32BE(1, 4)
  return scanned
}

/** Looks through a value in its type's binary format. Results as of `scanText`. */
export const scanBinary = (oid: number, value: Buffer, scanning: Scanning, added: AddedKinds): Scanned => {
  const kind = scanKindOf(oid, added)
  if (kind === undefined) return undefined
  if (kind === 'jsonb') return jsonb(value, scanning)
  if (kind === 'array') return scanArray(value, itemsOfArray(value), { scanning, added })
  if (kind === 'record') return scanItems(value, itemsOfRecord(value), { scanning, added })
  if (kind === 'structured') return opaque(value, scanning)
  return scanBytes(value, kind === 'text' ? 'plain' : kind, scanning)
}

/**
 * Looks through a binary value of a type that isn't known: arrays and composites by their form, else what is UTF-8.
 * PostgreSQL's texts have no NUL.
 */
export const scanUnknown = (value: Buffer, scanning: Scanning): Scanned => {
  if (!value.includes(0)) {
    if (!isUtf8(value)) return undefined
    const versioned = value[0] === 1 && looksLikeJson(value.toString('utf8', 1))
    return versioned ? jsonb(value, scanning) : scanBytes(value, 'unknown', scanning)
  }
  const look: Look = { scanning, added: new Map() }
  const items = itemsOfArray(value)
  if (items) return scanArray(value, items, look)
  const columns = itemsOfRecord(value)
  return columns || isUtf8(value) ? scanItems(value, columns, look) : undefined
}
