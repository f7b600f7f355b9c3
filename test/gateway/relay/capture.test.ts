import { expect, test } from 'vitest'
import { copyBeginning } from '../../../src/gateway/relay/rows/copy-beginning.js'
import { beginning, captureLimits, captureValue } from '../../../src/gateway/relay/rows/capture.js'

const { value: limit } = captureLimits

test.for(['ä', '漢', '🐘'])('a value of %s is cut behind a whole character, wherever the cut falls', (character) => {
  for (let before = 0; before < 4; before++) {
    const text = 'x'.repeat(before) + character.repeat(limit)
    const { cut, bytes } = captureValue(Buffer.from(text), 0) as { cut: string; bytes: number }
    expect(text.startsWith(cut)).toBe(true)
    expect(cut).not.toContain('\ufffd')
    expect(limit - Buffer.byteLength(cut)).toBeLessThan(4)
    expect(bytes).toBe(Buffer.byteLength(text))
  }
})

test('what is no UTF-8, and what is binary, is cut where it was to be', () => {
  const bytes = Buffer.alloc(limit + 1, 0x80)
  expect(captureValue(bytes, 0)).toEqual({ cut: bytes.toString('utf8', 0, limit), bytes: limit + 1 })
  expect(captureValue(bytes, 1)).toEqual({ cut: '80'.repeat(limit), bytes: limit + 1 })
})

test('a text is cut before a pair of surrogates, not inside of it', () => {
  expect(beginning('ab🐘', 3)).toBe('ab')
  expect(beginning('ab🐘', 4)).toBe('ab🐘')
  expect(beginning('ab🐘c', 4)).toBe('ab🐘')
})

test('COPY data that is cut ends with a whole line, or where there is none with a whole character', () => {
  const of = (text: string, bytes: number) => copyBeginning(Buffer.from(text).subarray(0, bytes), true).toString()
  expect(of('1\tada\n2\tgrace\n', 10)).toBe('1\tada\n')
  for (const character of ['ä', '漢', '🐘']) {
    const size = Buffer.byteLength(character)
    for (let bytes = 2; bytes <= 1 + size; bytes++)
      expect(of(`x${character}y`, bytes)).toBe(bytes === 1 + size ? `x${character}` : 'x')
  }
  expect(copyBeginning(Buffer.from('1\n2'), false).toString()).toBe('1\n2')
  const binary = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\n\xe6', 'latin1')
  expect(copyBeginning(binary, true)).toEqual(binary)
})
