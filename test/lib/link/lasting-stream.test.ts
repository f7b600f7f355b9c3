import type { Http2Stream } from 'node:http2'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LastingStream } from '../../../src/lib/link/lasting-stream.js'

/** A carrier that gives what is put into it. */
const carriage = () => {
  const carrier = new PassThrough() as unknown as Http2Stream & PassThrough
  return { carrier, lost: () => undefined, received: () => undefined }
}

test('a stream that nobody reads takes no more with each link that it is put on', async () => {
  const stream = new LastingStream({ keep: 60_000, bound: 1_000_000 })
  stream.on('error', () => undefined)
  const held: number[] = []
  for (let links = 0; links < 10; links++) {
    const next = carriage()
    if (links === 0) stream.begin(next)
    else stream.resumeOn(next, 0)
    for (let i = 0; i < 8; i++) next.carrier.push(Buffer.alloc(16_384))
    for (let turns = 0; turns < 20; turns++) await turn()
    held.push(stream.readableLength)
  }
  expect(held.at(-1)).toBeGreaterThan(0)
  expect(held.at(-1)).toBe(held[1])
  stream.destroy()
})
