import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HoopError } from '../../src/lib/errors.js'
import { readErrorFields, errorResponse } from '../../src/wire/error-fields.js'
import { readBind, readParse, readQuery } from '../../src/wire/frontend.js'
import { readRowDescription } from '../../src/wire/backend.js'
import { cancelRequest, readStartup, sslRequest, startupMessage, startupSize } from '../../src/wire/startup.js'

test('a StartupMessage comes back as it was made', () => {
  const packet = startupMessage(Object.entries({ user: 'ada', options: '-c a=b' }), 2)
  expect(startupSize(packet)).toBe(packet.length)
  expect(readStartup(packet)).toEqual({
    kind: 'startup',
    major: 3,
    minor: 2,
    parameters: new Map([
      ['user', 'ada'],
      ['options', '-c a=b'],
    ]),
  })
})

test('requests for encryption and cancellation', () => {
  expect(readStartup(sslRequest())).toEqual({ kind: 'ssl' })
  expect(readStartup(cancelRequest(7, Buffer.alloc(32, 1)))).toMatchObject({ kind: 'cancel', pid: 7 })
  expect(() => readStartup(cancelRequest(7, Buffer.alloc(2)))).toThrow('cancel key')
  expect(() => readStartup(cancelRequest(7, Buffer.alloc(257)))).toThrow('cancel key')
})

test.for([
  ['nothing yet', Buffer.alloc(0), undefined],
  ['three bytes', Buffer.alloc(3), undefined],
] as const)('%s is no packet yet', ([, bytes, size]) => expect(startupSize(bytes)).toBe(size))

test.for([
  ['HTTP', Buffer.from('GET / HTTP/1.1')],
  ['TLS', Buffer.from([0x16, 3, 1])],
  ['a length of 7', Buffer.from([0, 0, 0, 7])],
  ['a length of 10,001', Buffer.from([0, 0, 0x27, 0x11])],
] as const)('%s is refused at once', ([, bytes]) => expect(() => startupSize(bytes)).toThrow(HoopError))

/** Whatever bytes come, a reader answers with a value or a HoopError. */
const readers = {
  readStartup: (bytes: Buffer) => readStartup(Buffer.concat([Buffer.alloc(8), bytes])),
  readQuery: (bytes: Buffer) => readQuery(bytes, 0, bytes.length),
  readParse: (bytes: Buffer) => readParse(bytes, 0, bytes.length),
  readBind: (bytes: Buffer) => readBind(bytes, 0, bytes.length),
  readErrorFields: (bytes: Buffer) => readErrorFields(bytes, 0, bytes.length),
  readRowDescription: (bytes: Buffer) => readRowDescription(bytes, 0, bytes.length),
}

test.for(Object.entries(readers))('%s never reads past the end and never crashes', ([, read]) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 5, maxLength: 60 }), (bytes) => {
      try {
        read(Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(HoopError)
      }
    }),
    { numRuns: 2000 },
  )
})

test('error fields come back as they were made, without NUL', () => {
  const message = errorResponse({ S: 'ERROR', C: '42501', M: 'a\0b' })
  expect(readErrorFields(message, 0, message.length)).toEqual({ S: 'ERROR', C: '42501', M: 'ab' })
})
