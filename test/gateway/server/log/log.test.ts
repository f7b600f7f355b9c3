import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import type { Logger } from 'pino'
import { expect, test } from 'vitest'
import { createLog, type LogFormat } from '../../../../src/gateway/server/log/log.js'
import { HoopError } from '../../../../src/lib/errors.js'

/** What a log writes. */
const written = (format: LogFormat, write: (log: Logger) => void): string => {
  let text = ''
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString()
      done()
    },
  })
  write(createLog(format, stream))
  return text
}

test('secrets that somebody logs by mistake are hidden', () => {
  const text = written('json', (log) =>
    log.info({ password: 's1', headers: { authorization: 's2' }, a: { b: { token: 's3' } } }, 'oops'),
  )
  expect(text).not.toMatch(/s1|s2|s3/)
  expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'oops', password: '[hidden]' })
})

test('an error is logged without the objects that hang on it', () => {
  const cause = Object.assign(new Error('refused'), { code: '28P01', client: { password: 's1' }, where: 'value s2' })
  const text = written('json', (log) => log.warn({ err: new HoopError('UPSTREAM_LOGIN', '', { cause }) }, 'no login'))
  expect(text).not.toMatch(/s1|s2/)
  expect(JSON.parse(text)).toMatchObject({ err: { code: 'UPSTREAM_LOGIN', cause: '28P01 refused' } })
  expect(text).not.toContain('stack')
})

test('a defect comes with its stack', () => {
  const text = written('json', (log) => log.error({ err: new TypeError('x') }, 'defect'))
  expect(JSON.parse(text)).toMatchObject({
    err: { type: 'TypeError', stack: expect.stringContaining('log.test') as string },
  })
})

test('on a terminal an entry is one line of words', () => {
  const text = written('pretty', (log) => log.warn({ sessions: 2, subject: 'Ada L' }, 'draining'))
  expect(stripVTControlCharacters(text)).toMatch(/^\d\d:\d\d:\d\d warn {2}draining sessions=2 subject="Ada L"\n$/)
})

test('nobody’s name steers the terminal or forges a line', () => {
  const name = 'x\u001b[2J\r\n12:00:00 info  forged\u009b31m\u202e'
  const text = written('pretty', (log) => log.info({ name, err: new Error(name) }, name))
  const first = stripVTControlCharacters(text.split('\n')[0]!)
  expect(first).toContain('forged')
  expect(text.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(/[\u001b\r\u009b\u202e]/)
  expect(text.split('\n').some((line) => line.startsWith('12:00:00'))).toBe(false)
})
