import { expect, test } from 'vitest'
import { SessionQuota } from '../../../src/gateway/session/quota.js'
import { HoopError } from '../../../src/lib/errors.js'

const taker = (limits: { sessions?: number; sessions_per_person?: number } = {}, connection = {}) => {
  const quota = new SessionQuota(() => ({ sessions: 100, sessions_per_person: 100, ...limits }))
  return (subject: string, name = 'vectordb') => {
    try {
      return quota.take({ subject, connection: name, limits: connection })
    } catch (error) {
      if (error instanceof HoopError) return [error.code, error.sqlstate, error.about, error.detail]
      throw error
    }
  }
}

const place = expect.objectContaining({ [Symbol.dispose]: expect.any(Function) as unknown }) as unknown

test('the gateway has so many sessions', () => {
  const take = taker({ sessions: 2 })
  expect([take('ana'), take('ben', 'other')]).toEqual([place, place])
  expect(take('cy')).toEqual(['GATEWAY_FULL', '53300', '2 sessions', undefined])
})

test('a person has so many, over all connections', () => {
  const take = taker({ sessions_per_person: 2 })
  expect([take('ana'), take('ana', 'other'), take('ben')]).toEqual([place, place, place])
  expect(take('ana')).toEqual([
    'SESSIONS_LIMIT',
    '53300',
    'you have 2 here',
    'The limit is gateway.limits.sessions_per_person.',
  ])
})

test('a connection has so many, of all people', () => {
  const take = taker({}, { sessions: 2 })
  expect([take('ana'), take('ben')]).toEqual([place, place])
  expect(take('cy')).toEqual([
    'SESSIONS_LIMIT',
    '53300',
    'vectordb takes 2',
    'The limit is connections.vectordb.limits.sessions.',
  ])
  expect(take('cy', 'other')).toEqual(place)
})

test('a connection has so many of one person', () => {
  const take = taker({}, { per_person: 1 })
  expect([take('ana'), take('ben'), take('ana', 'other')]).toEqual([place, place, place])
  expect(take('ana')).toEqual([
    'SESSIONS_LIMIT',
    '53300',
    'you have 1 on vectordb',
    'The limit is connections.vectordb.limits.sessions_per_person.',
  ])
})

test('a place that is given back is free again, once, and a refusal takes none', () => {
  const take = taker({}, { sessions: 2, per_person: 1 })
  const first = take('ana')
  take('ben')
  for (let tried = 0; tried < 5; tried++) expect(take('ben')).toContain('SESSIONS_LIMIT')
  if (Array.isArray(first)) throw new Error('no place')
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  expect(take('ana')).toEqual(place)
  expect(take('cy')).toContain('SESSIONS_LIMIT')
})
