/**
 * As much of Node's Buffer as the verification needs, over a Uint8Array. What isn't here fails where it is called.
 */
export type Encoding = 'utf8' | 'hex' | 'base64' | 'latin1' | 'binary'

// Node's Buffer keeps a byte order mark: without it a note that was changed would be read as the one that was signed.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

const latin1 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

const written: { readonly [Name in Encoding]: (bytes: Uint8Array) => string } = {
  utf8: (bytes) => decoder.decode(bytes),
  hex: (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  base64: (bytes) => btoa(latin1(bytes)),
  latin1,
  binary: latin1,
}

const units = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0))

/** Like Node's: what is no base64 is passed over, so that whoever cares compares it with what it would be written as. */
const fromBase64 = (text: string): Uint8Array => {
  const [kept = ''] = text.replaceAll('-', '+').replaceAll('_', '/').split('=')
  const clean = kept.replaceAll(/[^A-Za-z0-9+/]/g, '')
  return units(atob(clean.slice(0, clean.length - (clean.length % 4 === 1 ? 1 : 0))))
}

const fromHex = (text: string): Uint8Array => {
  const [whole = ''] = /^(?:[0-9a-fA-F]{2})*/.exec(text) ?? []
  return Uint8Array.from(whole.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}

const read: { readonly [Name in Encoding]: (text: string) => Uint8Array } = {
  utf8: (text) => encoder.encode(text),
  hex: fromHex,
  base64: fromBase64,
  latin1: units,
  binary: units,
}

export class Bytes extends Uint8Array<ArrayBuffer> {
  static override from(source: unknown, encoding?: unknown): Bytes {
    const bytes = typeof source === 'string' ? read[(encoding as Encoding | undefined) ?? 'utf8'](source) : source
    const made = new Bytes(new ArrayBuffer((bytes as Uint8Array).length))
    made.set(bytes as Uint8Array)
    return made
  }

  static override of(...bytes: number[]): Bytes {
    return Bytes.from(bytes)
  }

  static alloc(length: number): Bytes {
    return new Bytes(new ArrayBuffer(length))
  }

  static allocUnsafeSlow(length: number): Bytes {
    return new Bytes(new ArrayBuffer(length))
  }

  static byteLength(text: string): number {
    return encoder.encode(text).length
  }

  static concat(parts: readonly Uint8Array[]): Bytes {
    const made = new Bytes(new ArrayBuffer(parts.reduce((sum, { length }) => sum + length, 0)))
    let at = 0
    for (const part of parts) {
      made.set(part, at)
      at += part.length
    }
    return made
  }

  get #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength)
  }

  override subarray(from = 0, to = this.length): Bytes {
    const part = super.subarray(from, to)
    return new Bytes(part.buffer, part.byteOffset, part.byteLength)
  }

  override fill(value: number | string, from?: number, to?: number): this {
    return super.fill(typeof value === 'string' ? value.charCodeAt(0) : value, from, to)
  }

  equals(other: Uint8Array): boolean {
    return this.length === other.length && this.every((byte, at) => byte === other[at])
  }

  override toString(encoding: Encoding = 'utf8', from = 0, to = this.length): string {
    return written[encoding](this.subarray(from, to))
  }

  write(text: string, at = 0, encoding: Encoding = 'utf8'): number {
    const bytes = read[encoding](text)
    this.set(bytes, at)
    return bytes.length
  }

  copy(target: Uint8Array, at = 0): number {
    target.set(this, at)
    return this.length
  }

  readUInt16BE(at: number): number {
    return this.#view.getUint16(at)
  }

  readUInt32LE(at: number): number {
    return this.#view.getUint32(at, true)
  }

  readBigUInt64LE(at: number): bigint {
    return this.#view.getBigUint64(at, true)
  }

  readBigUInt64BE(at = 0): bigint {
    return this.#view.getBigUint64(at)
  }

  readUIntBE(at: number, count: number): number {
    return this.subarray(at, at + count).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  readUIntLE(at: number, count: number): number {
    return this.subarray(at, at + count).reduceRight((sum, byte) => sum * 256 + byte, 0)
  }
}
