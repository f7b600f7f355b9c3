import { createHash } from 'node:crypto'

/**
 * Whether everything is tried in every way, as `npm run test:whole` and continuous integration do. `npm test` tries every attempt
 * too, each in some of its ways.
 */
export const whole = process.env['HOOP_TEST_WHOLE'] === '1'

/** By the text alone, so that a test tries the same ways each time. */
const numberOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE()

/**
 * The ways in which to try something: all of them, or in `npm test` the first and `few` others. Which these are depends on
 * the title, so that tests with different titles share out the ways among them.
 */
export const share = <T>(ways: readonly T[], title: string, few: number): readonly T[] => {
  const [first, ...others] = ways
  if (whole || first === undefined || others.length <= few) return ways
  const from = numberOf(title)
  const step = Math.floor(others.length / few)
  return [first, ...Array.from({ length: few }, (_, index) => others[(from + index * step) % others.length]!)]
}

/** One of so many cases of a [campaign](campaigns.ts) is tried by `npm test`. */
const oneOf = 3

/** Whether `npm test` tries a case of a campaign, by its whole title. */
export const isTried = (title: string): boolean => whole || numberOf(title) % oneOf === 0
