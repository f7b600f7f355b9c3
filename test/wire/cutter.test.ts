import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Cutter, MemoryBudget, type FrameHandler } from '../../src/wire/cutter.js'
import { frame } from '../../src/wire/frontend.js'
import { Outbox } from '../../src/wire/outbox.js'
import { everyByte, everyCut } from '../helpers/cuts.js'

/** Puts what it gets back together: whole messages, and those in pieces. `d` is wanted in pieces. */
class Collector implements FrameHandler {
  readonly messages: string[] = []
  #pieces: Buffer[] = []

  whole(tag: number): boolean {
    return tag !== 0x64
  }

  frame(_tag: number, buffer: Buffer, start: number, end: number): void {
    this.messages.push(buffer.toString('latin1', start, end))
  }

  piece(_tag: number, buffer: Buffer, start: number, end: number, first: boolean, last: boolean): void {
    expect(this.#pieces.length === 0).toBe(first)
    this.#pieces.push(Buffer.from(buffer.subarray(start, end)))
    if (!last) return
    this.messages.push(Buffer.concat(this.#pieces).toString('latin1'))
    this.#pieces = []
  }
}

const messages = [
  frame(0x51, 'SELECT 1'),
  frame(0x53),
  frame(0x64, Buffer.alloc(20, 'x')),
  frame(0x64),
  frame(0x42, '', 's'),
]
const bytes = Buffer.concat(messages)
const expected = messages.map((message) => message.toString('latin1'))

test.for(everyCut(bytes))('messages cut at byte %i come out whole', ([, before, after]) => {
  const collector = new Collector()
  const budget = new MemoryBudget(1000)
  const cutter = new Cutter(collector, budget)
  for (const chunk of [before, after]) if (chunk.length > 0) cutter.feed(chunk)
  expect(collector.messages).toEqual(expected)
  expect(budget.held).toBe(0)
})

test('one byte at a time', () => {
  const collector = new Collector()
  const cutter = new Cutter(collector, new MemoryBudget(1000))
  for (const byte of everyByte(bytes)) cutter.feed(byte)
  expect(collector.messages).toEqual(expected)
})

test('any messages in any chunks', () => {
  const message = fc
    .tuple(fc.constantFrom(0x51, 0x53, 0x64, 0x42), fc.uint8Array({ maxLength: 200 }))
    .map(([tag, body]) => frame(tag, Buffer.from(body)))
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (all, sizes) => {
      const stream = Buffer.concat(all)
      const collector = new Collector()
      const cutter = new Cutter(collector, new MemoryBudget(10_000))
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length]!
        cutter.feed(stream.subarray(at, at + size))
        at += size
      }
      expect(collector.messages).toEqual(all.map((each) => each.toString('latin1')))
    }),
  )
})

test.for([-1, 0, 3, 0x4000_0000, 0x7fff_ffff])(
  'a declared length of %i is refused before anything is held',
  (length) => {
    const header = Buffer.alloc(5, 0x51)
    header.writeInt32BE(length, 1)
    const budget = new MemoryBudget(1 << 30)
    expect(() => new Cutter(new Collector(), budget).feed(header)).toThrow('out of bounds')
    expect(budget.held).toBe(0)
  },
)

test('half-sent messages count against one budget, and give it back', () => {
  const budget = new MemoryBudget(1000)
  const half = frame(0x51, 'x'.repeat(600)).subarray(0, 100)
  const first = new Cutter(new Collector(), budget)
  first.feed(half)
  expect(() => new Cutter(new Collector(), budget).feed(half)).toThrow('more memory')
  first.dispose()
  expect(budget.held).toBe(0)
})

test('spans that follow one another go out as one, in order with what is put between them', () => {
  const outbox = new Outbox()
  const input = Buffer.from('abcdefgh')
  outbox.keep(input, 0, 2)
  outbox.keep(input, 2, 4)
  outbox.put(Buffer.from('--'))
  outbox.keep(input, 6, 8)
  expect(outbox.take().map(String)).toEqual(['abcd', '--', 'gh'])
  outbox.keep(input, 0, 8)
  outbox.discard()
  expect(outbox.take()).toEqual([])
})
