import type { Writable } from 'node:stream'

/** Bytes that are written in one go: to encrypt them, and to hand them to the kernel, takes some tenths of a millisecond. */
const SLICE = 256 * 1024

type Done = (error?: Error | null) => void

interface Given {
  readonly chunk: Buffer
}

/** Some buffers at a time, no more than a slice of bytes; one that is longer is cut, and not copied. */
function* slices(chunks: readonly Given[]): Generator<Buffer[], undefined> {
  let slice: Buffer[] = []
  let room = SLICE
  for (const { chunk } of chunks)
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + room)
      slice.push(part)
      at += part.length
      room -= part.length
      if (room > 0) continue
      yield slice
      slice = []
      room = SLICE
    }
  if (slice.length > 0) yield slice
}

const encoding = 'buffer' as BufferEncoding

/**
 * What is long is written in slices, and between two of them everybody else has a turn: a text or a value may have many
 * megabytes, and TLS would encrypt all of them in one go. It stays one write, so nothing overtakes it, and whoever waits for
 * room waits until the last slice has been taken.
 */
export const inSlices = (stream: Writable): void => {
  const write = stream._write.bind(stream)
  const writev = stream._writev?.bind(stream)
  const sliced = (chunks: readonly Given[], done: Done): void => {
    const left = slices(chunks)
    const next = (): void => {
      const slice = left.next().value
      if (!slice) return done()
      const [only, more] = slice
      const taken: Done = (error) => (error ? done(error) : void setImmediate(next))
      if (more && writev)
        return writev(
          slice.map((chunk) => ({ chunk, encoding })),
          taken,
        )
      write(more ? Buffer.concat(slice) : only, encoding, taken)
    }
    next()
  }
  stream._write = (chunk: Buffer, given, done): void => {
    if (chunk.length <= SLICE) write(chunk, given, done)
    else sliced([{ chunk }], done)
  }
  if (!writev) return
  stream._writev = (chunks: { chunk: Buffer; encoding: BufferEncoding }[], done): void => {
    let bytes = 0
    for (const { chunk } of chunks) bytes += chunk.length
    if (bytes <= SLICE) writev(chunks, done)
    else sliced(chunks, done)
  }
}
