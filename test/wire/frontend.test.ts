import { serialize } from 'pg-protocol'
import { expect, test, vi } from 'vitest'
import { runUnder } from '../../src/wire/explain.js'
import { nameKey, parse, readBind, readExecute, readParse, readTarget } from '../../src/wire/frontend.js'

test('a Parse of ours is the one that pg-protocol writes, and a long name of the client’s stays off stderr', () => {
  expect(parse('née', 'SELECT 1')).toEqual(serialize.parse({ name: 'née', text: 'SELECT 1' }))
  const said = vi.spyOn(console, 'error')
  const name = 'x'.repeat(100)
  const frame = parse(name, 'SELECT 1')
  expect(readParse(frame, 0, frame.length)).toMatchObject({ name, text: 'SELECT 1' })
  expect(said).not.toHaveBeenCalled()
})

test('a statement that is run under a name of its own keeps the client’s types, formats and bytes', () => {
  const parameters = [Buffer.from([0xe9, 0x00, 0xff]), null, Buffer.from('née', 'latin1')]
  const parameterTypes = Buffer.from([0, 0, 0, 17, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe])
  const text = 'SELECT $1, $2, $3'
  const all = runUnder('hoop_own', { text, parameterTypes, parameters, parameterFormats: [1, 0, 0] })
  const frames: Buffer[] = []
  for (let at = 0; at < all.length; at += 1 + all.readInt32BE(at + 1))
    frames.push(all.subarray(at, at + 1 + all.readInt32BE(at + 1)))
  expect(frames.map((frame) => String.fromCharCode(frame[0]!)).join('')).toBe('CCPBECC')
  const [portal, statement, parsed, bound, run] = frames.map((frame) => [frame, 0, frame.length] as const)
  expect(readTarget(...portal!)).toEqual({ of: 'P', name: 'hoop_own' })
  expect(readTarget(...statement!)).toEqual({ of: 'S', name: 'hoop_own' })
  expect(readParse(...parsed!)).toEqual({ name: 'hoop_own', text, types: parameterTypes })
  expect(readBind(...bound!)).toEqual({
    ...{ portal: 'hoop_own', statement: 'hoop_own', parameters, parameterFormats: [1, 0, 0] },
    resultFormats: [],
  })
  expect(readExecute(...run!)).toEqual({ portal: 'hoop_own' })
})

test('what pg-protocol writes is read as it was meant', () => {
  const frame = serialize.bind({ portal: 'p', statement: 's', values: ['née', null, Buffer.from([0])], binary: true })
  expect(readBind(frame, 0, frame.length)).toEqual({
    portal: 'p',
    statement: 's',
    parameters: [Buffer.from('née'), null, Buffer.from([0])],
    parameterFormats: [0, 0, 1],
    resultFormats: [1],
  })
})

test('names have one key where the server cuts them to the same bytes, and only there', () => {
  const euros = '€'.repeat(21) // 63 bytes
  expect(nameKey(`${euros}x`)).toBe(nameKey(euros))
  expect(nameKey(`${'€'.repeat(20)}xyz`)).not.toBe(nameKey(euros))
  const names = [
    '',
    'a',
    '€',
    Buffer.from('€').toString('latin1'),
    '€'.repeat(20),
    'x'.repeat(20),
    'x'.repeat(21),
    euros,
  ]
  expect(new Set(names.map(nameKey)).size).toBe(names.length)
})
