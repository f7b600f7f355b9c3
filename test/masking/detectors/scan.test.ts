import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Detected } from '../../../src/masking/detectors/detected.js'
import { builtinDetector, detectorNames, patternDetector } from '../../../src/masking/detectors/detector.js'
import type { Detection } from '../../../src/masking/detectors/finding.js'
import type { DetectSpec } from '../../../src/masking/registry.js'
import { scanKindOf, type AddedKinds } from '../../../src/masking/detectors/kinds.js'
import { LONGEST_SCANNED, valueScan } from '../../../src/masking/detectors/scan.js'

const key = Buffer.alloc(32, 7)
const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 300)
const every: readonly Detection[] = detectorNames.map((name) => ({ detector: builtinDetector(name), with: 'redact' }))
const none: AddedKinds = new Map()

const oids = { text: 25, varchar: 1043, json: 114, jsonb: 3802, xml: 142, array: 1009, record: 2249, structured: 3614 }

interface Options {
  readonly oid?: number
  readonly modifier?: number
  readonly format?: 0 | 1
  readonly detections?: readonly Detection[]
  readonly known?: boolean
}

/** What becomes of a value; the value itself where nothing is found. */
const scanned = (
  value: Buffer | string,
  { oid = 25, modifier = -1, format = 0, detections = every, known = true }: Options = {},
): Buffer | null => {
  const bytes = Buffer.from(value as string)
  const kind = scanKindOf(oid, none)!
  const scan = { detections, added: none, ...(known && { type: { oid, modifier, kind } }) }
  const found = valueScan(scan, format, key, new Detected(), 0).look(bytes, 0, bytes.length)
  return found === undefined ? bytes : found
}
const asText = (value: string, options?: Options) => scanned(value, options)?.toString() ?? null
const one = (name: (typeof detectorNames)[number], spec: DetectSpec) => ({
  detections: [{ detector: builtinDetector(name), with: spec }],
})

test('what is found is hashed the same however it is written, and differently by another detector', () => {
  const hashed = (text: string) => asText(text, one('credit_card', 'hash'))
  expect(hashed('4111111111111111')).toMatch(/^\[credit_card:[0-9a-f]{16}\]$/)
  expect(hashed('4111 1111 1111 1111')).toBe(hashed('4111111111111111'))
  expect(asText('Ada@Example.com', one('email', 'hash'))).toBe(asText('ada@example.com', one('email', 'hash')))
  expect(hashed('5555555555554444')).not.toBe(hashed('4111111111111111'))
})

test.for<[DetectSpec, string, string | null]>([
  ['redact', 'a 219-45-9876 b', 'a [us_ssn] b'],
  ['null', 'a 219-45-9876 b', null],
  [{ keep_last: 4 }, 'a 219-45-9876 b', 'a ****9876 b'],
  [{ keep_first: 3 }, 'a 219-45-9876 b', 'a 219**** b'],
  [{ keep_last: 40 }, 'a 219-45-9876 b', 'a [us_ssn] b'],
])('%j makes of %j %j', ([spec, text, expected]) => {
  expect(asText(text, one('us_ssn', spec))).toBe(expected)
})

test.for([
  ['https://x.org/?to=ada%40example.com&n=1', 'https://x.org/?to=[email]&n=1'],
  ['said \\u0061da\\u0040example.com', 'said [email]'],
  ['<a>ada&#64;example&#x2e;com</a>', '<a>[email]</a>'],
  ['{"a":"{\\"b\\":\\"ada\\\\u0040example.com\\"}"}', '{"a":"{\\"b\\":\\"[email]\\"}"}'],
  ['{"a": "x\\n4111111111111111\\t"}', '{"a": "x\\n[credit_card]\\t"}'],
  ['[4.111111111111111e15, 0.4111111111111111]', '["[credit_card]", 0.4111111111111111]'],
  ['::ffff:10.0.0.1', '[ip]'],
] as const)('%s is seen through', ([text, expected]) => {
  expect(asText(text)).toBe(expected)
})

test('a value keeps to what its type allows', () => {
  expect(asText('a@b.de', { oid: 1043, modifier: 4 + 6 })).toBe('[email')
  expect(asText('a@b.de  ', { oid: 1042, modifier: 4 + 8 })).toBe('[email] ')
  expect(asText('{"a@b.de",x}', { oid: 1009 })).toBe('{"[email]",x}')
  const wide = { oid: 1009, detections: [{ detector: patternDetector('wide', 'a.*z'), with: 'redact' as const }] }
  expect(asText('{a,z}', wide)).toBeNull()
  expect(asText('<p>a<b/>z</p>', { ...wide, oid: 142 })).toBe('<masked/>')
})

test('a value too long to be looked through goes as a whole, unless nothing can be in it', () => {
  const filler = 'word '.repeat(LONGEST_SCANNED / 5 + 1)
  expect(asText(filler)).toBe(filler)
  expect(asText(`${filler}a@b.de`)).toBe('[too long to be looked through]')
  expect(() => JSON.parse(asText(`["${filler}a@b.de"]`, { oid: oids.json })!) as unknown).not.toThrow()
  expect(scanned(`\u0001["${filler}a@b.de"]`, { oid: oids.jsonb, format: 1 })?.[0]).toBe(1)
})

test('a pattern that makes others backtrack for years takes its time in the text’s length', () => {
  const detections = [{ detector: patternDetector('a', '(a+)+$'), with: 'redact' as const }]
  expect(asText(`${'a'.repeat(100_000)}!`, { detections })).toMatch(/a!$/)
  expect(asText('a'.repeat(50), { detections })).toBe('[a]')
})

const canaries = [
  'grace.canary@example.org',
  '219-45-9876',
  '4111111111111111',
  'GB29NWBK60161331926819',
  '+442079460958',
]

/** What stands around it: no letter, digit or sign that would make it part of something else. */
const around = fc.array(fc.constantFrom(' ', '\n', ';', ' word ', ' | ', 'é ', ' "q" ', ' \\ ', ' 😀 ', ' { ', ' < '), {
  maxLength: 6,
})
const hidden = fc
  .tuple(around, fc.constantFrom(...canaries), around)
  .map(([before, canary, after]) => ({ canary, text: `${before.join('')} ${canary} ${after.join('')}` }))

/** A JSON string in which any sign may be escaped. */
const escaped = (text: string, which: readonly boolean[]): string =>
  `"${[...text]
    .map((sign, at) => {
      const units = sign.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      return which[at % which.length] ? units.join('') : JSON.stringify(sign).slice(1, -1)
    })
    .join('')}"`

describe('whatever stands around it', () => {
  test('a canary does not stay in text, in an array’s, a composite’s or an unknown value', () => {
    fc.assert(
      fc.property(hidden, fc.boolean(), ({ canary, text }, known) => {
        for (const oid of [oids.text, oids.varchar, oids.xml, oids.structured])
          expect(asText(text, { oid, known }) ?? '').not.toContain(canary)
        const array = Buffer.concat([
          ...[1, 0, 25, 1, 1, Buffer.byteLength(text)].map((number) => {
            const out = Buffer.alloc(4)
            out.writeInt32BE(number)
            return out
          }),
          Buffer.from(text),
        ])
        const left = scanned(array, { oid: oids.array, format: 1, known })
        expect(left?.toString() ?? '').not.toContain(canary)
        if (left) expect(left.readInt32BE(20)).toBe(left.length - 24)
      }),
      { numRuns: runs },
    )
  })

  test('a canary does not stay in JSON, however it is escaped, as a value or a key, and it stays JSON', () => {
    const json = fc.tuple(hidden, fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), fc.boolean())
    fc.assert(
      fc.property(json, fc.jsonValue(), ([{ canary, text }, which, asKey], other) => {
        const string = escaped(text, which)
        const document = `{"other": ${JSON.stringify(other)}, ${asKey ? `${string}: 1` : `"k": [${string}]`}}`
        for (const oid of [oids.json, oids.text]) {
          const left = asText(document, { oid })!
          expect(JSON.stringify(JSON.parse(left))).not.toContain(canary)
        }
        const binary = scanned(`\u0001${document}`, { oid: oids.jsonb, format: 1 })!
        expect(JSON.stringify(JSON.parse(binary.toString('utf8', 1)))).not.toContain(canary)
      }),
      { numRuns: runs },
    )
  })

  test('no bytes of any type make it throw, and JSON stays JSON', () => {
    const specs: DetectSpec[] = ['redact', 'null', 'hash', { keep_last: 2 }, { keep_first: 2 }]
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
      fc.string().map((each) => Buffer.from(each)),
    )
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom(...Object.values(oids)),
        fc.constantFrom<0 | 1>(0, 1),
        fc.boolean(),
        (value, oid, format, known) => {
          scanned(value, { oid, format, known })
        },
      ),
      { numRuns: runs },
    )
    const any = patternDetector('any', '[a-z0-9":,]+')
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...specs), (value, spec) => {
        const detections = [{ detector: any, with: spec }, ...every]
        JSON.parse(asText(JSON.stringify(value), { oid: oids.json, detections })!)
      }),
      { numRuns: runs },
    )
  })
})
