import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Parts } from '../../../src/gateway/relay/parts.js'

test('parts are done in their order, and what one adds comes behind all that wait', async () => {
  const parts = new Parts()
  const done: string[] = []
  parts.add(() => {
    done.push('one')
    parts.add(() => done.push('more of one'))
  })
  parts.add(() => done.push('other'))
  expect(done).toEqual([])
  await turn()
  expect(done).toEqual(['one', 'other'])
  await turn()
  expect(done).toEqual(['one', 'other', 'more of one'])
})

test('where a part has taken long, others have their turn before the next', async () => {
  const parts = new Parts()
  const done: string[] = []
  const busy = (): void => {
    const until = performance.now() + 20
    while (performance.now() < until);
    done.push('part')
  }
  for (let i = 0; i < 3; i++) parts.add(busy)
  for (let i = 1; i <= 3; i++) {
    await turn()
    expect(done.length).toBe(i)
  }
})
