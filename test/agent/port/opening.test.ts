import { describe, expect, test } from 'vitest'
import { type Opening, OpeningReader } from '../../../src/agent/port/opening.js'
import { cancelRequest, sslRequest, startupMessage } from '../../../src/wire/startup.js'

const startup = startupMessage([
  ['user', 'mika'],
  ['database', 'vectors'],
])
const gssRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30])
const cancel = cancelRequest(4711, Buffer.from('abcd'))

const feed = (reader: OpeningReader, ...chunks: Buffer[]): Opening =>
  chunks.map((chunk) => reader.push(chunk)).findLast(() => true)!

describe('a connection’s first bytes', () => {
  test.for(Array.from({ length: startup.length - 1 }, (_, i) => i + 1))(
    'a StartupMessage cut at byte %i comes out whole',
    (at) => {
      const opening = feed(new OpeningReader(), startup.subarray(0, at), startup.subarray(at))
      expect(opening).toEqual({ kind: 'startup', message: startup, rest: Buffer.alloc(0) })
    },
  )

  test('SSLRequest and GSSENCRequest are answered, then the startup is read', () => {
    const reader = new OpeningReader()
    expect(reader.push(sslRequest())).toEqual({ kind: 'negotiate' })
    expect(reader.push(gssRequest)).toEqual({ kind: 'negotiate' })
    expect(reader.push(startup).kind).toBe('startup')
  })

  test('a third request for encryption is refused', () => {
    const reader = new OpeningReader()
    feed(reader, sslRequest(), gssRequest)
    expect(() => reader.push(sslRequest())).toThrow('again and again')
  })

  test.for([sslRequest(), gssRequest])('bytes behind a request for encryption are refused', (request) => {
    expect(() => new OpeningReader().push(Buffer.concat([request, startup]))).toThrow('bytes follow')
  })

  test('what follows the startup in the same packet is kept', () => {
    const rest = Buffer.from('p\0\0\0\x05x')
    expect(new OpeningReader().push(Buffer.concat([startup, rest]))).toEqual({
      kind: 'startup',
      message: startup,
      rest,
    })
  })

  test('a CancelRequest is one', () => {
    expect(new OpeningReader().push(cancel)).toMatchObject({ kind: 'cancel', message: cancel })
  })

  test.for([
    ['a TLS ClientHello', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00])],
    ['HTTP GET', Buffer.from('GET / HTTP/1.1\r\n')],
    ['HTTP POST', Buffer.from('POST /x HTTP/1.1\r\n')],
    ['the HTTP/2 preface', Buffer.from('PRI * HTTP/2.0\r\n')],
    ['a Terminate', Buffer.from([0x58, 0, 0, 0, 4])],
  ] as const)('%s is foreign', ([, bytes]) => {
    expect(new OpeningReader().push(bytes)).toEqual({ kind: 'foreign' })
  })

  test.for([
    ['a length of 7', Buffer.from([0, 0, 0, 7, 0, 3, 0, 0])],
    ['a length of 10,001', Buffer.from([0, 0, 0x27, 0x11, 0, 3, 0, 0])],
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['random bytes', Buffer.from('\x7f\x01random')],
    ['parameters without an end', Buffer.from([0, 0, 0, 12, 0, 3, 0, 0, 0x75, 0x73, 0x65, 0x72])],
  ] as const)('%s is refused as malformed', ([, bytes]) => {
    expect(() => new OpeningReader().push(bytes)).toThrow(expect.objectContaining({ code: 'STARTUP_INVALID' }))
  })

  test('protocol 2.0 is refused as a version', () => {
    const old = Buffer.from([0, 0, 0, 9, 0, 2, 0, 0, 0])
    expect(() => new OpeningReader().push(old)).toThrow(expect.objectContaining({ code: 'PROTOCOL_VERSION' }))
  })
})
