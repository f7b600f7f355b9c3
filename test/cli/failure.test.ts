import { expect, test } from 'vitest'
import { RemoteError, remoteError } from '../../src/agent/api/remote-error.js'
import { exitStatus, failureJson, failureText, toHoopError } from '../../src/cli/failure.js'
import { HoopError } from '../../src/lib/errors.js'

test('words: what happened, what is known, what to do', () => {
  const error = new HoopError('PORT_IN_USE', '5432', { detail: 'by another' })
  expect(failureText(error)).toBe(
    'hoop: the port is in use: 5432\nby another\nhint: Choose another with --port, or stop what listens there.\n',
  )
})

test('on a narrow terminal words are parted, and a hint stays whole to be copied', () => {
  const error = new HoopError('PORT_IN_USE', '5432', { detail: 'by a program of somebody else' })
  expect(failureText(error, 24)).toBe(
    'hoop: the port is in\nuse: 5432\nby a program of somebody\nelse\nhint: Choose another with --port, or stop what listens there.\n',
  )
})

test('what is wrong with the command line is said at once, and more of it below', () => {
  const wrong = (message: string) => failureText(toHoopError(Object.assign(new Error(message), { oclif: { exit: 2 } })))
  const one = wrong('The following error occurred:\n  Missing required flag reason\nSee more help with --help')
  expect(one).toBe('hoop: the command was not understood: Missing required flag reason\nhint: Run it with --help.\n')
  const two = wrong('The following errors occurred:\n  Missing required flag reason\n  Nonexistent flag: --x')
  expect(two).toMatch(/understood: Missing required flag reason\nNonexistent flag: --x\nhint/)
})

test('an interruption needs no words, and its status is 130', () => {
  expect([failureText(new HoopError('INTERRUPTED')), exitStatus(new HoopError('INTERRUPTED'))]).toEqual(['', 130])
})

test('JSON: code, message, hint, detail', () => {
  const error = new HoopError('PORT_IN_USE', '5432', { detail: 'by another' })
  expect(failureJson(error)).toEqual({
    error: { code: 'PORT_IN_USE', message: error.message, hint: error.hint, detail: 'by another' },
  })
})

test('what a gateway says can’t steer the terminal', () => {
  const text = failureText(new RemoteError({ code: 'ACCESS_DENIED', message: 'no\u001b[2J', hint: '' }, 403))
  expect(text).toBe('hoop: no\\u001b[2J\n')
})

test('an error of a newer gateway is shown as it is, under its own code', () => {
  const error = remoteError(new URL('https://g'), 403, '{"code":"MOON_PHASE","message":"not today","hint":"wait"}')
  expect(failureJson(error)).toEqual({ error: { code: 'MOON_PHASE', message: 'not today (MOON_PHASE)', hint: 'wait' } })
  expect(exitStatus(error)).toBe(77)
})

test('a page of something else on the way is not taken for the gateway', () => {
  expect(remoteError(new URL('https://g:1'), 502, '<html>Bad gateway')).toMatchObject({ code: 'GATEWAY_UNREACHABLE' })
})

test('a defect shows where it is', () => {
  expect(failureText(toHoopError(new TypeError('x is not a function')))).toMatch(/hoop has a defect[^]*failure\.test/)
})
