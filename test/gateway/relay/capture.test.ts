import { expect, test } from 'vitest'
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
