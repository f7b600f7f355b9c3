import { expect, test } from 'vitest'
import { parseDuration, parseSize } from '../../../../src/policy/config/sections/quantities.js'

test.for([
  ['250ms', 250],
  ['30s', 30_000],
  ['10m', 600_000],
  ['1h', 3_600_000],
  ['1.5h', 5_400_000],
  ['2 d', 172_800_000],
  ['10', undefined],
  ['m', undefined],
  ['-1s', undefined],
  ['1 month', undefined],
  ['1e3s', undefined],
  ['1toString', undefined],
  ['', undefined],
] as const)('duration %s is %s ms', ([text, milliseconds]) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test.for([
  ['512B', 512],
  ['64kB', 64_000],
  ['20MB', 20_000_000],
  ['1GB', 1e9],
  ['1 MiB', 1_048_576],
  ['0.5GiB', 536_870_912],
  ['20', undefined],
  ['20mb', undefined],
  ['20MBs', undefined],
  ['constructor', undefined],
] as const)('size %s is %s bytes', ([text, bytes]) => {
  expect(parseSize(text)).toBe(bytes)
})
