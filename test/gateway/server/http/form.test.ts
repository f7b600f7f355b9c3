import { afterEach, expect, test, vi } from 'vitest'
import { fieldsOf } from '../../../../src/gateway/server/http/form.js'

afterEach(() => vi.unstubAllGlobals())

test('a form of too many fields is refused before any of them is made', () => {
  const made = vi.fn()
  vi.stubGlobal('URLSearchParams', made)
  const many = Array.from({ length: 51 }, (_, at) => at).join('&')
  expect(() => fieldsOf(many)).toThrow('at most 50 fields')
  expect(made).not.toHaveBeenCalled()
})

test('fifty fields are a form, in which none comes twice', () => {
  expect(Object.keys(fieldsOf(Array.from({ length: 50 }, (_, at) => `f${at}=1`).join('&')))).toHaveLength(50)
  expect(() => fieldsOf('a=1&a=2')).toThrow('comes twice')
  expect({ ...fieldsOf('__proto__=1') }).toEqual(Object.fromEntries([['__proto__', '1']]))
})
