import { expect, test } from 'vitest'
import { trendOf } from './flat.js'

const samples = (of: (at: number) => number): number[] => Array.from({ length: 120 }, (_, at) => of(at))

test('memory that grew at first and comes and goes later is flat', () => {
  expect(trendOf(samples((at) => (at < 40 ? 100 + 5 * at : 300) + (at % 7) * 4)).flat).toBe(true)
})

test('memory that grows all the time is not flat, nor what begins to grow late', () => {
  expect(trendOf(samples((at) => 100 + 3 * at)).flat).toBe(false)
  expect(trendOf(samples((at) => 200 + Math.max(0, at - 80) * 5)).flat).toBe(false)
})
