import { expect, test } from 'vitest'
import { PeopleSeen } from '../../../../src/gateway/server/http/people/seen.js'
import type { Principal } from '../../../../src/identity/types.js'

const ana = (groups: readonly string[], namedAt: number): Principal => ({
  ...{ subject: 'ana', issuer: 'i', name: 'ana', jkt: 'k', groups, namedAt },
})

test('groups that changed are kept before the request goes on, others once a minute, an older token’s never', async () => {
  const noted: string[] = []
  const seen = new PeopleSeen(
    async ({ groups }, at) => {
      await Promise.resolve()
      noted.push(`${at} ${groups.join(',')}`)
    },
    () => undefined,
  )
  await seen.see(ana(['dba'], 10), 1000)
  await seen.see(ana(['dba'], 20), 2000)
  expect(noted).toEqual(['1000 dba'])
  await seen.see(ana(['sales'], 30), 3000)
  expect(noted.at(-1)).toBe('3000 sales')
  await seen.see(ana(['dba'], 20), 4000)
  await seen.see(ana(['sales'], 40), 5000)
  expect(noted).toHaveLength(2)
  await seen.see(ana(['sales'], 40), 64_000)
  expect(noted).toHaveLength(3)
})

test('what could not be kept is tried again with the next request, and fails none', async () => {
  let failures = 0
  let tries = 0
  const seen = new PeopleSeen(
    () => Promise.reject(new Error(`try ${++tries}`)),
    () => failures++,
  )
  await seen.see(ana(['dba'], 10), 1000)
  await seen.see(ana(['dba'], 10), 1001)
  expect([tries, failures]).toEqual([2, 2])
})
