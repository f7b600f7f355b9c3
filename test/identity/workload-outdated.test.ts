import { expect, test } from 'vitest'
import { DenyList } from '../../src/identity/deny-list.js'
import { loadSigningKeys, writeSigningKeys } from '../../src/identity/keys.js'
import { issueWorkloadToken, workloadTokens } from '../../src/identity/workloads/token.js'
import { openStore } from '../../src/store/open.js'
import { tempFolder } from '../helpers/temp.js'

const by = { subject: 'boss', name: 'boss' }

test('a workload that was let in again needs a gateway token that was issued since it was shut out', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.path}/hoop.db`)
  const path = folder.file('keys.json')
  await writeSigningKeys(path)
  const keys = await loadSigningKeys(path)
  const options = { gateway: () => 'https://hoop.example', keys: () => keys, trust: () => ({ digest: 'd' }) }
  const who = { issuer: 'https://ci.example', groups: [], workload: { trust: 'ci', claims: {} } }
  const identities = await Promise.all(
    ['workload:ci:1', 'workload:ci:2'].map(async (subject) => {
      const token = await issueWorkloadToken({ ...who, subject, name: subject }, 'jkt', 60, options)
      return (await workloadTokens(options).verify(token, undefined as never)).identity
    }),
  )
  const [before, after] = identities as [(typeof identities)[0], (typeof identities)[0]]
  const denied = await DenyList.open(store.db)
  for (const [{ subject }, at] of [
    [before, Date.now()],
    [after, Date.now() - 60_000],
  ] as const) {
    await denied.revoke({ subject, by, reason: 'stolen', at })
    await denied.restore(subject, by)
  }
  for (const list of [denied, await DenyList.open(store.db)]) {
    expect(() => list.admit(before)).toThrow(expect.objectContaining({ code: 'TOKEN_OUTDATED' }) as Error)
    expect(() => list.admit(after)).not.toThrow()
  }
})
