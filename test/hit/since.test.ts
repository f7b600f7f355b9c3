import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DatabaseSync } from 'node:sqlite'
import { tempFolder } from '../helpers/temp.js'
import { openGateway, pathOf, placesIn } from '../gateway/ledger/history.js'
import { setTimeout as sleep } from 'node:timers/promises'

test('A4: erasure of what a hold by since covers, by the end of another session', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('g'))
  const olu = { subject: 'olu', name: 'olu@example.com' }
  const casey = { subject: 'casey-17', name: 'casey@contractor.example' }
  await using gateway = await openGateway(at, { copies: [] })
  const s = await gateway.begin('ses_1', casey); s.run(1)
  await sleep(50)
  const o = await gateway.begin('ses_0', { subject: 'bo', name: 'bo@x' }); await o.end()
  await sleep(50)
  const since = new Date().toISOString()
  await sleep(50)
  await s.end()
  await gateway.holds.add({ person: casey.subject, since, reason: 'case' }, olu)
  await gateway.ledgers.ledger.noted()
  const p = await pathOf(at, 'ses_1')
  { using db = new DatabaseSync(at.store)
    db.exec(`pragma busy_timeout=3000; update sessions set ended_at = ${Date.parse(since) - 20} where id='ses_1'`) }
  await gateway.retain({ age: 0 })
  console.log('A4 control (row only)', existsSync(p))
  // end leaf of another whose recording is sound: chain is compared, so it should hold
  { using db = new DatabaseSync(at.store)
    db.exec(`pragma busy_timeout=3000; delete from ledger_leaves where kind='session.end' and target='ses_1'; update ledger_leaves set target='ses_1' where kind='session.end' and target='ses_0'`) }
  await gateway.retain({ age: 0 })
  console.log('A4 with another sound end', existsSync(p))
})
