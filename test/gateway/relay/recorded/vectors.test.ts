import { expect, test } from 'vitest'
import { recordings } from '../../../../src/policy/config/policy/recordings.js'
import { Blanking } from '../../../../src/gateway/relay/rows/blanking.js'
import { Keeping } from '../../../../src/gateway/relay/rows/keeping.js'
import { ResultDigest } from '../../../../src/gateway/relay/rows/result-digest.js'
import { VectorPrints } from '../../../../src/gateway/relay/rows/vector-prints.js'
import type { ResultDetails } from '../../../../src/gateway/relay/journal.js'
import type { Field } from '../../../../src/wire/backend.js'

const vectorType = 20_000
const textType = 25
const print = /^\[vector 3 [0-9a-f]{12}\]$/

const field = (type: number): Field => ({
  ...{ name: 'x', type, table: 0, attribute: 0, size: -1, modifier: -1, format: 0 },
})

/** A DataRow. */
const row = (...values: readonly (string | Buffer)[]): Buffer => {
  const parts = values.flatMap((value) => {
    const bytes = Buffer.from(value as string)
    const length = Buffer.alloc(4)
    length.writeInt32BE(bytes.length)
    return [length, bytes]
  })
  const head = Buffer.alloc(7)
  head.write('D')
  head.writeInt16BE(values.length, 5)
  const message = Buffer.concat([head, ...parts])
  message.writeInt32BE(message.length - 1, 1)
  return message
}

const binary = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * numbers.length)
  bytes.writeInt16BE(numbers.length)
  numbers.forEach((number, at) => bytes.writeFloatBE(number, 4 + 4 * at))
  return bytes
}

const seen = (config: unknown, types: readonly number[], rows: readonly Buffer[], formats: readonly number[] = []) => {
  const digest = new ResultDigest({ fields: types.map(field), formats, keeping: new Keeping(recordings.parse(config)) })
  for (const each of rows) digest.row(each, 0, each.length)
  const event = {} as ResultDetails
  digest.describe(event)
  return event.rowsSeen
}

test('a vector in a row stands as dimension and fingerprint: equal ones are equal, other ones are not', () => {
  const rows = [row('[0.1,0.2,0.3]'), row('[0.1,0.2,0.3]'), row('[0.1,0.2,0.4]'), row('{1:0.5}/3')]
  const [[one], [same], [other], [sparse]] = seen({}, [vectorType], rows) as [[string], [string], [string], [string]]
  for (const each of [one, same, other, sparse]) expect(each).toMatch(print)
  expect([one === same, one === other]).toEqual([true, false])
  const [[anew]] = seen({}, [vectorType], rows.slice(0, 1)) as [[string]]
  expect(anew).not.toBe(one)
})

test('so does one in binary', () => {
  const rows = [row(binary(1, 2, 3)), row(binary(1, 2, 3))]
  const [[one], [same]] = seen({}, [vectorType], rows, [1]) as [[string], [string]]
  expect(one).toMatch(print)
  expect(same).toBe(one)
})

test('under rows: full vectors are kept, and what is none is kept in any case', () => {
  expect(seen({ rows: 'full' }, [vectorType], [row('[0.1,0.2,0.3]')])).toEqual([['[0.1,0.2,0.3]']])
  const others = ['[1,2,3]', '[1,10]', '[a,b,c]', '(1,2,3)', '[]', '']
  expect(seen({}, [textType, ...new Array<number>(5).fill(vectorType)], [row(...others)])).toEqual([others])
})

const sampled = () => new Blanking(undefined, new VectorPrints())

test('parameters that are vectors are not recorded, in text and binary; others are', () => {
  const parameters = [Buffer.from('[0.1, 0.2, 0.3]'), binary(1, 2, 3), Buffer.from('[1,2]'), Buffer.from('ada'), null]
  const { parameters: kept, detectedParameters } = sampled().recorded({ parameters, parameterFormats: [0, 1, 0, 0, 0] })
  expect(kept?.slice(0, 2)).toEqual([expect.stringMatching(print), expect.stringMatching(print)])
  expect(kept?.slice(2)).toEqual(['[1,2]', 'ada', null])
  expect(detectedParameters).toEqual({ vector: 2 })
})

test('literals that are vectors are not recorded either, and the event says that the text is another', () => {
  const found = {}
  const text = sampled().text(
    "SELECT id, '[1,2]', ARRAY[1,2,3] FROM d ORDER BY e <=> '[0.1,0.2,-3e-2]' LIMIT 5",
    1000,
    found,
  )
  expect(text).toMatch(
    /^SELECT id, '\[1,2\]', ARRAY\[1,2,3\] FROM d ORDER BY e <=> '\[vector 3 [0-9a-f]{12}\]' LIMIT 5$/,
  )
  expect(found).toEqual({ vector: 1 })
})

test('of a text that is cut in the middle of a vector nothing of it is recorded', () => {
  const numbers = Array.from({ length: 2000 }, (_, n) => `0.${n}`).join(',')
  const text = sampled().text(`SELECT '[${numbers}]'`, 100, {})
  expect(text).toMatch(/^SELECT '\[vector \d+ [0-9a-f]{12}\]$/)
})

test('the fields of a COPY that are vectors are not recorded; under rows: full they are', () => {
  const data = Buffer.from('1\tü\t[0.1,0.2,0.3]\n2\tb\t[0.1,0.2,0.3]\n3,"[1,2,3]",x\n4\t[1,2]\n')
  const copied = (config: unknown): string => {
    const digest = new ResultDigest({ keeping: new Keeping(recordings.parse(config)) })
    digest.copyBytes(data, 0, data.length)
    const event = {} as ResultDetails
    digest.describe(event)
    return Buffer.from(event.copySeen ?? '', 'base64').toString()
  }
  const [one, two, three, four] = copied({}).split('\n')
  expect(one).toMatch(/^1\tü\t\[vector 3 [0-9a-f]{12}\]$/)
  expect(two?.slice(4)).toBe(one?.slice(4))
  expect(three).toMatch(/^3,"\[vector 3 [0-9a-f]{12}\]",x$/)
  expect(four).toBe('4\t[1,2]')
  expect(copied({ rows: 'full' })).toBe(data.toString())
})

test('blanks and line ends around and between numbers hide no vector, and make it no other', () => {
  const plain = '[0.1,0.2,0.3]'
  const odd = ' [0.1, 0.2 ,\n0.3]\t'
  const prints = sampled()
  const said = (value: string) => prints.text(`SELECT '${value}'`, 1000, {})
  expect(said(odd)).toMatch(/^SELECT '\[vector 3 [0-9a-f]{12}\]'$/)
  expect(said(odd)).toBe(said(plain))
  expect(said(' { 1:0.5, 2:1 } / 7 ')).toMatch(/^SELECT '\[vector 7 [0-9a-f]{12}\]'$/)
  expect(said(' [1, 2]')).toBe("SELECT ' [1, 2]'")
  const parameters = [Buffer.from(odd), Buffer.from(plain), Buffer.from('\n{1:0.5}/3')]
  const { parameters: kept } = prints.recorded({ parameters, parameterFormats: [0] })
  expect(kept?.[0]).toMatch(print)
  expect(kept?.[1]).toBe(kept?.[0])
  expect(kept?.[2]).toMatch(print)
})

test.for([
  ['text', '|', '"', '1|[0.1,0.2,0.3]|x'],
  ['text', ',', '"', '1,[0.1\\,0.2\\,0.3],x'],
  ['text', '-', '"', '1-[\\-0.1,0.2,0.3e\\-2]-x'],
  ['text', ':', '"', '1:{1\\:0.5}/3:x'],
  ['text', '\t', '"', '1\t  [0.1, 0.2,\\t0.3] \tx'],
  ['csv', ';', '"', '1;[0.1,0.2,0.3];x'],
  ['csv', ',', "'", "1,'[0.1,0.2,0.3]',x"],
  ['csv', ',', '"', '1," [0.1,\n0.2,0.3] ",x'],
] as const)(
  'a vector in COPY’s %s with delimiter %s and quote %s stands as its print',
  ([format, delimiter, quote, line]) => {
    const form = { format, delimiter, quote }
    const data = Buffer.from(`${line}\n2${delimiter}{"a":[1,2,3]}\n`)
    const kept = new VectorPrints().copied(data, form).toString()
    expect(kept).toMatch(/\[vector 3 [0-9a-f]{12}\]/)
    expect(kept).not.toMatch(/0\.[123]/)
    expect(kept).toContain(`2${delimiter}{"a":[1,2,3]}`)
    // Where nobody knows how fields are written, none is missed either.
    expect(new VectorPrints().copied(data).toString()).not.toMatch(/0\.[123]/)
  },
)

test.for([
  'invalid input syntax for type vector: "[0.1,0.2,0.3,x]"',
  'malformed vector literal: "[0.1,0.2,0.3',
  'malformed vector literal: "[0.1, 0.2, 0.3, ',
  'Key (e)=([0.1,0.2,0.3]) already exists.',
  'invalid input syntax for type vector: "[x,0.1,y,0.2,0.3]"',
  'NOTICE: seen [0.1,0.2,0.3], twice',
])('a message that quotes a vector is recorded with its print: %s', (message) => {
  const found = {}
  expect(sampled().message(message, 1000, found)).toMatch(/\[vector 3 [0-9a-f]{12}\]/)
  expect(sampled().message(message, 1000, {})).not.toMatch(/0\.[123]/)
  expect(found).toEqual({ vector: 1 })
  const shorter = 'Key (a, b)=(1, 2) is not in [1,2]; different vector dimensions 3 and 4'
  expect(sampled().message(shorter, 1000, {})).toBe(shorter)
})

const many = Array.from({ length: 8 }, (_, n) => `0.${n + 1}`)

test.for([
  ['an array that is cast', 'SELECT ARRAY[0.1, 0.2,0.3]::vector', 3],
  ['one that is cast twice', 'SELECT (ARRAY[0.1,0.2,0.3] :: real[])::public.vector(3)', 3],
  ['one that CAST casts', 'SELECT CAST(ARRAY[1,2,3] AS halfvec)', 3],
  ['a long one that an INSERT casts', `INSERT INTO d VALUES (ARRAY[${many.join(', ')}])`, 8],
  ['an array’s text that is cast', "SELECT '{0.1,0.2,0.3}'::real[]::vector", 3],
  ['a long one that nothing casts', `SELECT '{${many.join()}}'::float8[]`, 8],
  ['an array of vectors', `SELECT '{"[0.1,0.2,0.3]", NULL}'::vector[]`, 3],
  ['hexadecimal numbers', "SELECT '[0x1p-3, 0X1.8p0,-0xA]'", 3],
  ['a literal that goes on in another line', "SELECT '[0.1,'\n  '0.2,0.' \r\n'3]'", 3],
  ['escapes', "SELECT E'\\x5b0.1\\0542,\\u00330.3\\135'", 3],
  ['one escape for a bracket', "SELECT e'\\133 0.1, 0.2, 0.3]'", 3],
  ['escapes of code points', "SELECT U&'\\005b0.1,0.2\\+00002c0.3]'", 3],
  ['dollars', 'SELECT $$[0.1,0.2,0.3]$$', 3],
  ['dollars with a name', 'SELECT $v$ {1:0.1,2:0.2} / 7 $v$', 7],
] as const)('%s: the vector isn’t recorded', ([, text, dimensions]) => {
  const found = {}
  const kept = sampled().text(text, 10_000, found)
  expect(kept).toMatch(new RegExp(`\\[vector ${dimensions} [0-9a-f]{12}\\]`))
  expect(kept).not.toMatch(/0\.[123]|0x1|\\[0-7x]/i)
  expect(found).toEqual({ vector: 1 })
})

test.for([
  'SELECT ARRAY[1,2,3], ARRAY[0.5,1.5]::vector, ARRAY[1.5,2.5,3.5]',
  "SELECT '{1,2,3}'::int[], '{a,b,c}'::text[], '{0.1,0.2}'::vector",
  `SELECT '{"a": "[1,2,3]"}'::jsonb, '["[1,2]"]', '[abc, def, 0x]'`,
  "SELECT E'it\\'s [1,2]', U&'\\0041', $$text$$, $1, $2, E'\\x5b1\\x5d'",
  `SELECT ARRAY[${Array.from({ length: 30 }, (_, n) => n).join()}]`,
])('what is no vector stays as it is: %s', (text) => {
  expect(sampled().text(text, 10_000, {})).toBe(text)
})

test('in whichever way it is written, equal ones are seen to be equal', () => {
  const prints = sampled()
  const ways = [
    "'[0.1,0.2,0.3]'",
    'ARRAY[0.1,0.2,0.3]::vector',
    "E'\\x5b0.1,0.2,0.3]'",
    '$$[0.1, 0.2,0.3]$$',
    "'{0.1,0.2,0.3}'::real[]::vector",
  ]
  const said = ways.map((way) => /\[vector[^\]]*\]/.exec(prints.text(way, 1000, {}))?.[0])
  expect(new Set(said).size).toBe(1)
  expect(said[0]).toMatch(print)
})

test('an array of vectors in a parameter or a row keeps its form, and none of its numbers', () => {
  const array = '{"[0.1,0.2,0.3]",NULL,"[1,2,3]"}'
  const { parameters: kept } = sampled().recorded({ parameters: [Buffer.from(array)], parameterFormats: [0] })
  expect(kept?.[0]).toMatch(/^\{"\[vector 3 \w{12}\]",NULL,"\[vector 3 \w{12}\]"\}$/)
  const [[value]] = seen({}, [vectorType], [row(array)]) as [[string]]
  expect(value).toMatch(/^\{"\[vector 3 \w{12}\]",NULL/)
  const numbers = `{${many.join()}}`
  const { parameters: list } = sampled().recorded({ parameters: [Buffer.from(numbers)], parameterFormats: [0] })
  expect(list?.[0]).toMatch(/^\[vector 8 \w{12}\]$/)
})

test('texts that nearly are vectors, all over, are read in a time that grows with them', () => {
  const nearly = [
    "E'\\\\",
    'ARRAY[1]:: a    ::',
    "'[1,'\n'",
    '$a$[1',
    '{"[1"  ,  ',
    "U&'\\",
    'ARRAY[1,2,3]   ) ) ',
    "'{1,2,3}'  ::  a ",
  ]
  for (const part of nearly) {
    const text = part.repeat(Math.ceil(250_000 / part.length))
    expect(sampled().text(text, 260_000, {}).length).toBeGreaterThan(0)
  }
}, 20_000)
