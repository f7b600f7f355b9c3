import { expect, test } from 'vitest'
import { sizeOf } from '../../src/lib/size-of.js'

test('text counts by its length, wherever it stands', () => {
  const text = 'x'.repeat(10_000)
  for (const value of [text, [text], { a: { b: [text] } }, new Map([['k', text]]), new Set([text]), Buffer.from(text)])
    expect(sizeOf(value)).toBeGreaterThanOrEqual(10_000)
})

test('what is there twice counts once, and what leads to itself comes to an end', () => {
  const part = { text: 'x'.repeat(10_000) }
  const circle: Record<string, unknown> = { part }
  circle['self'] = circle
  expect(sizeOf([part, part, circle])).toBeLessThan(11_000)
})

test('many small things count', () => {
  expect(sizeOf(Array.from({ length: 1000 }, (_, n) => ({ n })))).toBeGreaterThan(50_000)
})
