/** Round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const primes: number[] = []
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
const fraction = (value: number): number => ((value - Math.floor(value)) * 2 ** 32) | 0
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const initial = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

const schedule = new Int32Array(64)

const addBlock = (state: Int32Array, block: DataView, at: number): void => {
  const w = schedule
  for (let n = 0; n < 16; n++) w[n] = block.getInt32(at + n * 4)
  for (let n = 16; n < 64; n++) {
    const [one, two] = [w[n - 15]!, w[n - 2]!]
    const small = rotated(one, 7) ^ rotated(one, 18) ^ (one >>> 3)
    const other = rotated(two, 17) ^ rotated(two, 19) ^ (two >>> 10)
    w[n] = (w[n - 16]! + small + w[n - 7]! + other) | 0
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let n = 0; n < 64; n++) {
    const choice = (e & f) ^ (~e & g)
    const first = (h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + choice + constants[n]! + w[n]!) | 0
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + majority) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  for (const [n, word] of [a, b, c, d, e, f, g, h].entries()) state[n] = (state[n]! + word) | 0
}

/**
 * SHA-256 of bytes, at once: WebCrypto's comes by a promise, which code that walks a tree doesn't wait for.
 * @see FIPS 180-4, section 6.2
 */
export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const state = Int32Array.from(initial)
  const whole = bytes.length - (bytes.length % 64)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < whole; at += 64) addBlock(state, view, at)
  const rest = bytes.subarray(whole)
  const last = new DataView(new ArrayBuffer(rest.length < 56 ? 64 : 128))
  for (const [at, byte] of rest.entries()) last.setUint8(at, byte)
  last.setUint8(rest.length, 0x80)
  last.setBigUint64(last.byteLength - 8, BigInt(bytes.length) * 8n)
  for (let at = 0; at < last.byteLength; at += 64) addBlock(state, last, at)
  const hash = new DataView(new ArrayBuffer(32))
  for (const [n, word] of state.entries()) hash.setInt32(n * 4, word)
  return new Uint8Array(hash.buffer)
}
