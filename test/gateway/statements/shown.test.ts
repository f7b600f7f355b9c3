import { expect, test } from 'vitest'
import { SessionFeed } from '../../../src/gateway/statements/feed.js'
import { columnsAsText, shownBy } from '../../../src/gateway/statements/shown.js'
import { result, start, statement } from '../../recording/sample.js'

const wide = (count: number, origins: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ name: `c${i}`, type: 25 },
    from: Array.from({ length: origins }, (_, n) => `public.wide${n}.c${i}`),
  }))

const email = { name: 'email', type: 25, table: 'public.customers.email' }

const shownOf = (columns: Parameters<typeof columnsAsText>[0]) =>
  shownBy({ ...result(1), rows: 10, bytes: 10, columns, columnBytes: columns.map(() => 1) }, { kinds: [], reads: [] })

test('as many columns as PostgreSQL gives out are told apart: the last one too', () => {
  const columns = [...wide(1663, 1), email]
  expect(shownOf(columns)).toContainEqual({
    ...{ column: 'public.customers.email', masked: false, rows: 10, bytes: 1, vectors: 0 },
  })
  expect(columnsAsText(columns)).toContain('public.customers.email')
})

test('what is beyond any bound counts for its table', () => {
  const shown = shownOf([...wide(1663, 4), email])
  expect(shown.length).toBeLessThan(5010)
  expect(shown).toContainEqual(expect.objectContaining({ column: 'public.customers.(other)', rows: 10 }))
})

test('each table that a statement reads is kept', () => {
  const feed = new SessionFeed(start)
  const reads = [...Array.from({ length: 400 }, (_, n) => `public.t${n}`), 'public.customers']
  feed.add({ ...statement(1, 'SELECT'), reads })
  expect(feed.take()[0]?.begun?.reads).toContain('public.customers')
})
