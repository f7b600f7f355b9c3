import { expect, test } from 'vitest'
import type { ColumnMask } from '../../../../src/masking/types.js'
import { recordings } from '../../../../src/policy/config/policy/recordings.js'
import { Keeping } from '../../../../src/gateway/relay/rows/keeping.js'
import { rowSink } from '../../../../src/gateway/relay/rows/sinks.js'
import type { ResultDetails } from '../../../../src/gateway/relay/journal.js'
import type { Field } from '../../../../src/wire/backend.js'
import { Outbox } from '../../../../src/wire/outbox.js'

const text: Field = { name: 'x', type: 25, table: 0, attribute: 0, size: -1, modifier: -1, format: 0 }
const mask: ColumnMask = {
  ...{ column: 'public.people.email', spec: 'redact' },
  type: { oid: 25, modifier: -1, name: 'text', kind: 'b' },
}

/** A DataRow of a masked value and one of so many bytes. */
const row = (length: number): Buffer => {
  const message = Buffer.alloc(7 + 4 + 3 + 4 + length, 'x')
  message.write('D')
  message.writeInt32BE(message.length - 1, 1)
  message.writeInt16BE(2, 5)
  message.writeInt32BE(3, 7)
  message.writeInt32BE(length, 14)
  return message
}

/** Passes rows, ten at a time as they might come. @returns buffers that went out for each ten, and what was recorded */
const passed = (config: unknown, rows: readonly Buffer[]) => {
  const guard = { scans: undefined, maskKey: Buffer.alloc(32), clear: false, origin: () => ({}) }
  const keeping = new Keeping(recordings.parse(config))
  const sink = rowSink(guard, undefined, [text, text], [], [mask, undefined], keeping)
  const out = new Outbox()
  const sent: number[] = []
  const bytes: Buffer[] = []
  for (let at = 0; at < rows.length; at += 10) {
    for (const each of rows.slice(at, at + 10)) sink.frame(out, each, 0, each.length)
    sink.settle(out)
    const taken = out.take()
    bytes.push(...taken)
    sent.push(taken.length)
  }
  const event = {} as ResultDetails
  sink.digest.describe(event)
  return { sent, event, masked: Buffer.concat(bytes) }
}

test('rows of which none fits into what is left of the recording’s room are gathered as those behind its last are', () => {
  // 64 KB have room for 64 of them, and little is left that a shorter one would fit into.
  const { sent, event, masked } = passed(
    {},
    Array.from({ length: 200 }, () => row(1000)),
  )
  expect(event.rowsSeen).toHaveLength(64)
  expect(event.rows).toBe(200)
  expect(sent.slice(7)).toEqual(Array.from({ length: 13 }, () => 1))
  expect(masked.toString('latin1').match(/\*{8}/g)).toHaveLength(200)
})

test('a row that is too long by itself keeps shorter ones behind it from no recording', () => {
  const { event } = passed({}, [row(100_000), ...Array.from({ length: 20 }, () => row(100))])
  expect(event.rowsSeen).toHaveLength(20)
})

test('where every row is to be kept, none is looked at behind one that there was no room for', () => {
  const { sent, event } = passed(
    { rows: 'full', bytes: '10KB' },
    Array.from({ length: 40 }, () => row(900)),
  )
  expect(event).toMatchObject({ unkept: 'result', rows: 40 })
  expect(sent.slice(2)).toEqual([1, 1])
})
