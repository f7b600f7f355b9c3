import { createHash } from 'node:crypto'

/** Masked, per row of `people`; and the rows of `secrets`, which a rule keeps from being read. */
export const masked = ['Qz7Canary1x', 'Qz7Canary2x', 'Qz7Canary3x'] as const
export const forbidden = ['Wk4Forbid1y', 'Wk4Forbid2y'] as const
export const pin = 730_451_926

/** Whatever functions of the tests make of a value. */
const forms = (value: string): string[] => [
  ...[value, value.toUpperCase(), value.toLowerCase(), [...value].reverse().join('')],
  ...[Buffer.from(value).toString('hex'), Buffer.from(value).toString('base64').replace(/=+$/, '')],
  createHash('md5').update(value).digest('hex'),
]

const numbers = [pin, -pin, pin + 1, pin * 2].map(String)
const binary = Buffer.alloc(4)
binary.writeInt32BE(pin)

const all = [...[...masked, ...forbidden].flatMap(forms), ...numbers, binary.toString('latin1')]

/** Those that stand in something that nobody should see. */
export const canariesIn = (bytes: Buffer | string): string[] => {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1')
  return all.filter((each) => text.includes(each))
}
