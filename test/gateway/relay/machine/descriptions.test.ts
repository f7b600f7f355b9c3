import { expect, test } from 'vitest'
import { Descriptions } from '../../../../src/gateway/relay/machine/server/columns/descriptions.js'
import { readRowDescription } from '../../../../src/wire/backend.js'
import { rowDescription } from '../../../bench/micro/messages.js'

const read = (descriptions: Descriptions, message: Buffer) => descriptions.read(message, 0, message.length)

test('a description that comes again gives the same fields, one that differs in any byte its own', () => {
  const descriptions = new Descriptions()
  const message = rowDescription(16_384, ['abalance', 'filler'])
  const fields = read(descriptions, message)
  expect(read(descriptions, Buffer.from(message))).toBe(fields)
  for (let at = 7; at < message.length; at++) {
    const other = Buffer.from(message)
    other[at] = (other[at]! + 1) & 0x7f || 1
    let expected: unknown
    try {
      expected = readRowDescription(other, 0, other.length)
    } catch (error) {
      expect(() => read(descriptions, other)).toThrow((error as Error).message)
      continue
    }
    expect(read(descriptions, other)).toEqual(expected)
  }
})

test('what stands in the same place of a buffer later is read anew', () => {
  const descriptions = new Descriptions()
  const message = rowDescription(16_384, ['one'])
  const fields = read(descriptions, message)
  rowDescription(16_384, ['two']).copy(message)
  expect(fields[0]?.name).toBe('one')
  expect(read(descriptions, message)[0]?.name).toBe('two')
})
