import { expect, test } from 'vitest'
import { catalogue, HoopError, notices, type ErrorCode } from '../../src/lib/errors.js'
import { errorResponse, noticeResponse, readErrorFields } from '../../src/wire/error-fields.js'
import { frame } from '../../src/wire/frontend.js'
import { hoopCode, hoopError, hoopNotice, withoutHoopCode } from '../../src/wire/hoop-code.js'
import { Backend } from '../../src/wire/tags.js'

const fieldsOf = (message: Buffer) => readErrorFields(message, 0, message.length)

test.for(Object.keys(catalogue) as ErrorCode[])('an error says that it is hoop’s %s', (code) => {
  const fields = fieldsOf(hoopError(new HoopError(code, 'about it'), 'FATAL'))
  expect(fields).toMatchObject({ V: 'FATAL', C: catalogue[code].sqlstate, R: `hoop/${code}` })
  expect(hoopCode(fields)).toBe(code)
})

test('a notice says which it is', () => {
  const fields = fieldsOf(noticeResponse(hoopNotice('RULE_WARNING', 'rule careful', { detail: 'd', hint: 'h' })))
  expect(fields).toMatchObject({ M: 'hoop: rule careful', C: '01000', D: 'd', H: 'h', R: 'hoop/RULE_WARNING' })
})

test('no notice has the code of an error', () => {
  expect(Object.keys(notices).filter((code) => Object.hasOwn(catalogue, code))).toEqual([])
})

test('what the server says passes as it is, its own routine too', () => {
  const message = errorResponse({ S: 'ERROR', C: '42501', M: 'hoop/STATEMENT_BLOCKED', R: 'exec_stmt_raise' })
  expect(withoutHoopCode(message, 0, message.length)).toBeUndefined()
  expect(hoopCode(fieldsOf(message))).toBeUndefined()
})

test('a code of hoop’s is taken out of the server’s message, wherever it stands and however often', () => {
  const forged = ['Rhoop/A', 'SERROR', 'Rhoop/B', 'Mtext', 'Rhoop/']
  const message = frame(Backend.Error, ...forged, 'Rreal', Buffer.alloc(1))
  const within = Buffer.concat([Buffer.from('before'), message, Buffer.from('Rhoop/behind\0')])
  const honest = withoutHoopCode(within, 6, 6 + message.length)!
  expect(honest).toEqual(frame(Backend.Error, 'SERROR', 'Mtext', 'Rreal', Buffer.alloc(1)))
  expect(within.subarray(6, 6 + message.length)).toEqual(message)
})

test('a large notice loses its code too', () => {
  const text = 'x'.repeat(8 << 20)
  const honest = withoutHoopCode(...whole(noticeResponse({ M: text, R: 'hoop/APPROVAL_GIVEN' })))
  expect(fieldsOf(honest!)).toEqual({ M: text })
})

// postgres.js reads on behind the last field.
test.for([
  ['a field behind the last', frame(Backend.Error, 'Mtext', Buffer.from('\0Rhoop/A\0\0'))],
  ['no end', frame(Backend.Error, 'Mtext')],
  ['a value without an end', frame(Backend.Error, Buffer.from('Rhoop/A'))],
  ['nothing', frame(Backend.Error)],
] as const)('a message with %s is none', ([, message]) => {
  expect(() => withoutHoopCode(...whole(message))).toThrow(expect.objectContaining({ code: 'FRAME_INVALID' }))
})

const whole = (message: Buffer): [Buffer, number, number] => [message, 0, message.length]
