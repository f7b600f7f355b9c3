import { expect, test } from 'vitest'
import type { Verdict } from '../../../src/gateway/relay/machine/suspension/suspension.js'
import { Outside } from '../../../src/gateway/relay/outside.js'
import { fakeGuard } from '../approvals/stage.js'

const never = new Promise<never>(() => undefined)

const asking = (renew: () => Promise<unknown>): Promise<Verdict> =>
  new Promise((resume) => {
    const options = {
      gate: undefined,
      note: () => undefined,
      notice: () => undefined,
      ask: () => undefined,
      renewed: () => undefined,
      catalogWait: 20,
    }
    const outside = new Outside({ ...options, account: 'ana', guard: { ...fakeGuard({}), renew }, resume })
    outside.hold({ kind: 'hold', wants: { kind: 'catalog' }, inTransaction: false, locks: false })
  })

test('a statement that waits for a catalog that never comes is refused', async () => {
  expect(await asking(() => never)).toMatchObject({
    kind: 'refuse',
    error: { code: 'CATALOG_LATE', sqlstate: '57014' },
  })
})

test('one whose catalog comes goes on, and one whose catalog can’t be read is refused for that', async () => {
  expect(await asking(() => Promise.resolve())).toEqual({ kind: 'renewed', current: true })
  expect(await asking(() => Promise.reject(new Error('away')))).toMatchObject({ kind: 'refuse' })
})
