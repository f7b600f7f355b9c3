import { expect, test } from 'vitest'
import type { SessionSummary } from '../../../src/lib/api.js'
import { findSessions } from '../../../src/agent/api/sessions/find.js'

const session = (n: number): SessionSummary => ({
  id: `s${n}`,
  subject: 'ada',
  name: 'ada@example.com',
  connection: 'vectordb',
  grantId: 'g',
  startedAt: '2026-11-20T09:30:00.000Z',
  counters: { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0 },
  policyHash: 'h',
  seenClear: false,
})

/** A gateway with pages of the sizes given. */
const pages = (...sizes: number[]): { get: (path: string) => Promise<never>; paths: string[] } => {
  const paths: string[] = []
  return {
    paths,
    get: async (path) => {
      const page = paths.push(path) - 1
      const more = page < sizes.length - 1
      return {
        sessions: Array.from({ length: sizes[page] ?? 0 }, (_, n) => session(n)),
        ...(more && { cursor: `c${page}` }),
      } as never
    },
  }
}

test('pages are turned until there is enough, empty ones too', async () => {
  const gateway = pages(3, 0, 2, 4)
  const { sessions, more } = await findSessions(gateway.get, { limit: 5 })
  expect([sessions.length, more]).toEqual([5, true])
  expect(gateway.paths).toEqual([
    '/v1/sessions?limit=5',
    '/v1/sessions?limit=2&cursor=c0',
    '/v1/sessions?limit=2&cursor=c1',
  ])
})

test('the last page says that there is no more', async () => {
  expect(await findSessions(pages(2, 1).get, { limit: 50 })).toMatchObject({ more: false, sessions: { length: 3 } })
})

test('filters are sent as the gateway takes them', async () => {
  const gateway = pages(0)
  const filters = {
    person: 'ada & co',
    connection: 'v',
    since: '2026-11-20T09:30Z',
    text: 'a=b',
    live: true,
    limit: 10_000,
  }
  await findSessions(gateway.get, filters)
  expect(gateway.paths).toEqual([
    '/v1/sessions?person=ada+%26+co&connection=v&since=2026-11-20T09%3A30%3A00.000Z&text=a%3Db&live=true&limit=500',
  ])
  await expect(findSessions(gateway.get, { since: 'someday', limit: 1 })).rejects.toMatchObject({ code: 'USAGE' })
})
