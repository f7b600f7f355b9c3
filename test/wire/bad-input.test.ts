import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asHoopError, HoopError } from '../../src/lib/errors.js'
import * as backend from '../../src/wire/backend.js'
import { Cutter, MemoryBudget, type FrameHandler } from '../../src/wire/cutter.js'
import { errorResponse, readErrorFields } from '../../src/wire/error-fields.js'
import * as frontend from '../../src/wire/frontend.js'
import { frame } from '../../src/wire/frontend.js'
import { withoutHoopCode } from '../../src/wire/hoop-code.js'
import { cancelRequest, readStartup, startupMessage, startupSize } from '../../src/wire/startup.js'

/** Cases of each property; `npm run fuzz` takes more. */
const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 300)

type Read = (buffer: Buffer, start: number, end: number) => unknown

const i16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])
const i32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff])

const bind = (...body: Buffer[]): Buffer => frame(0x42, 'portal', 'statement', ...body)
const field = Buffer.concat([Buffer.from('a\0'), i32(1), i16(2), i32(25), i16(-1), i32(-1), i16(0)])

/** Each reader with a message that it reads. */
const readers: readonly (readonly [string, Read, Buffer])[] = [
  ['Query', frontend.readQuery, frame(0x51, 'SELECT 1')],
  ['Parse', frontend.readParse, frame(0x50, 'name', 'SELECT $1', i16(2), i32(25), i32(23))],
  [
    'Bind',
    frontend.readBind,
    bind(i16(1), i16(1), i16(2), i32(3), Buffer.from('abc'), i32(-1), i16(2), i16(0), i16(1)),
  ],
  ['Describe', frontend.readTarget, frame(0x44, Buffer.from('P'), 'portal')],
  ['Execute', frontend.readExecute, frame(0x45, 'portal', i32(10))],
  ['RowDescription', backend.readRowDescription, frame(0x54, i16(2), field, field)],
  ['CopyInResponse', backend.readCopyResponse, frame(0x47, Buffer.from([1]), i16(2), i16(1), i16(1))],
  ['CommandComplete', backend.readTag, frame(0x43, 'SELECT 1')],
  ['ParameterStatus', backend.readParameterStatus, frame(0x53, 'TimeZone', 'UTC')],
  ['NotificationResponse', backend.readNotification, frame(0x41, i32(1), 'channel', 'payload')],
  ['ErrorResponse', readErrorFields, errorResponse({ S: 'ERROR', M: 'no', R: 'f' })],
  ['ErrorResponse to be forwarded', withoutHoopCode, errorResponse({ S: 'ERROR', M: 'no', R: 'f' })],
]

/** What a reader makes of bytes that stand between others: a value, or a refusal with its code. */
const outcome = (read: Read, message: Buffer): unknown => {
  const within = Buffer.concat([Buffer.from('\0before\0'), message, Buffer.from('behind\0\0\0\0\0\0\0\0')])
  try {
    return read(within, 8, 8 + message.length)
  } catch (error) {
    expect(error).toBeInstanceOf(HoopError)
    expect((error as HoopError).sqlstate).toBe('08P01')
    return (error as HoopError).code
  }
}

const header = (message: Buffer, length = message.length - 1): Buffer => {
  const copy = Buffer.from(message)
  copy.writeInt32BE(length, 1)
  return copy
}

test.for(readers)('%s is read whole, refused at each cut, and with bytes behind it', ([, read, message]) => {
  expect(outcome(read, message)).not.toBe('FRAME_INVALID')
  for (let end = 5; end < message.length; end++)
    expect(outcome(read, header(message.subarray(0, end))), `cut at ${end}`).toBe('FRAME_INVALID')
  expect(outcome(read, header(Buffer.concat([message, Buffer.alloc(1)])))).toBe('FRAME_INVALID')
})

test.for(readers)('%s of any bytes is read or refused with 08P01', ([, read, message]) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
      outcome(read, frame(message[0]!, Buffer.from(body)))
    }),
    { numRuns: runs },
  )
})

test.for(readers)('%s with one byte changed is read or refused with 08P01', ([, read, message]) => {
  for (let at = 5; at < message.length; at++)
    for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(message)
      changed[at] = byte
      outcome(read, changed)
    }
})

test.for<[string, Read, Buffer]>([
  ['Query with a NUL in its text', frontend.readQuery, frame(0x51, 'SELECT 1\0; DROP TABLE t')],
  ['Parse with a NUL in its name', frontend.readParse, frame(0x50, 'a\0b', 'SELECT 1', i16(0))],
  ['Parse of more types than there are', frontend.readParse, frame(0x50, '', 'SELECT 1', i16(-1), i32(25))],
  ['Bind of a parameter of length -2', frontend.readBind, bind(i16(0), i16(1), i32(-2), i16(0))],
  ['Bind of a parameter of 2 GB', frontend.readBind, bind(i16(0), i16(1), i32(0x7fffffff), i16(0))],
  ['Bind of more parameters than there are', frontend.readBind, bind(i16(0), i16(-1), i32(-1), i16(0))],
  ['Bind of more formats than there are', frontend.readBind, bind(i16(-1), i16(0))],
  // 65,536 wraps round to none in the field: what follows are bytes too many.
  ['Bind of 65,536 parameters', frontend.readBind, bind(i16(0), i16(65_536), Buffer.alloc(4 * 65_536, 0xff), i16(0))],
  ['RowDescription of more columns than there are', backend.readRowDescription, frame(0x54, i16(-1), field)],
  ['CopyOutResponse of a negative count', backend.readCopyResponse, frame(0x48, Buffer.from([0]), i16(-1))],
])('%s is refused', ([, read, message]) => {
  expect(outcome(read, message)).toBe('FRAME_INVALID')
})

test('Bind of 65,535 parameters, the most that its field can say, is read', () => {
  const message = bind(i16(0), i16(65_535), Buffer.alloc(4 * 65_535, 0xff), i16(0))
  expect(frontend.readBind(message, 0, message.length).parameters).toHaveLength(65_535)
})

test.for([63, 64, 65, 10_000])('a name of %i bytes is read whole and looked up by its first 63', (length) => {
  const name = 'n'.repeat(62) + 'é'.repeat((length - 62) >> 1) + 'x'.repeat((length - 62) & 1)
  const message = frame(0x45, name, i32(0))
  expect(frontend.readExecute(message, 0, message.length).portal).toBe(name)
  expect(frontend.nameKey(name)).toHaveLength(63)
  expect(frontend.nameKey(`${name}y`)).toBe(frontend.nameKey(name))
})

test('a cancel key of more than 256 bytes is refused', () => {
  const read: Read = backend.readKey
  const key = (length: number): Buffer => frame(0x4b, i32(1), Buffer.alloc(length))
  expect([outcome(read, key(256)), outcome(read, key(257))]).toEqual([
    { pid: 1, secret: Buffer.alloc(256) },
    'FRAME_INVALID',
  ])
  expect(outcome(read, frame(0x4b, i16(1)))).toBe('FRAME_INVALID')
})

test('a first packet of any bytes is read, waited for, or refused', () => {
  const whole = [startupMessage([['user', 'me']]), cancelRequest(1, Buffer.alloc(4))]
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.tuple(fc.constantFrom(...whole), fc.nat(20), fc.integer({ min: 0, max: 255 })).map(([packet, at, byte]) => {
      const changed = Buffer.from(packet)
      changed[Math.min(at, changed.length - 1)] = byte
      return changed
    }),
  )
  fc.assert(
    fc.property(bytes, (given) => {
      const buffer = Buffer.from(given)
      try {
        const size = startupSize(buffer)
        if (size !== undefined && buffer.length >= size) readStartup(buffer.subarray(0, size))
      } catch (error) {
        expect(['STARTUP_INVALID', 'PROTOCOL_VERSION']).toContain(asHoopError(error).code)
      }
    }),
    { numRuns: runs },
  )
})

const ignoring: FrameHandler = { whole: () => true, frame: () => undefined, piece: () => undefined }

test('any bytes in any chunks are cut or refused, and nothing is held afterwards', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
      const budget = new MemoryBudget(1 << 20)
      const cutter = new Cutter(ignoring, budget)
      try {
        for (const chunk of chunks) cutter.feed(Buffer.from(chunk))
      } catch (error) {
        expect(['FRAME_LENGTH', 'MEMORY_EXHAUSTED']).toContain((error as HoopError).code)
      }
      cutter.dispose()
      expect(budget.held).toBe(0)
    }),
    { numRuns: runs },
  )
})

test('a message that comes byte by byte takes the memory of its declared size, and no object for each', () => {
  const size = 1 << 20
  const cutter = new Cutter(ignoring, new MemoryBudget(2 * size))
  cutter.feed(Buffer.concat([Buffer.from('Q'), i32(size)]))
  const byte = Buffer.from('x')
  const memory = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
  const before = memory()
  // Each byte comes in a chunk of its own, as from a socket.
  for (let sent = 4; sent < size - 1; sent++) cutter.feed(Buffer.from(byte))
  expect(memory() - before).toBeLessThan(64 << 20)
})
