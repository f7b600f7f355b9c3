import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { expect, test } from 'vitest'
import type { Audited } from '../../../src/operator/audit/verify.js'
import { startHoop } from '../../helpers/command/hoop.js'
import { startTestGateway } from '../../helpers/gateway.js'

test('hoop audit witness signs what the gateway enters, --witness demands it, and a ledger that was taken back is refused', async () => {
  await using it = await startTestGateway({ ready: '/livez' })
  const first = JSON.parse((await it.hoop('ines', ['audit', 'verify', '--json'])).stdout) as Audited
  const names = ['--key', 'w1.json', '--name', 'audit.example.com/w1']
  const args = ['audit', 'witness', ...names, '--listen', '127.0.0.1:0', '--log', first.vkey, '--json']
  await using witness = startHoop(args, { home: it.folder })
  const [, line = ''] = await witness.until(/^(\{"event":"listening".*\})$/m, 60_000)
  const { url, vkey } = JSON.parse(line) as { url: string; vkey: string }
  expect(vkey).toMatch(/^audit\.example\.com\/w1\+[0-9a-f]{8}\+/)

  const verify = (...more: string[]) =>
    it.hoop('ines', ['audit', 'verify', '--config', it.configFile, '--json', ...more])
  const without = await verify('--witness', vkey)
  expect(without.status).toBe(3)
  expect((JSON.parse(without.stdout) as Audited).findings.map(({ kind }) => kind)).toContain('witness-missing')

  await it.end()
  const kept = join(it.folder, 'kept')
  await cp(join(it.folder, 'recordings-ledger'), kept, { recursive: true })
  const document = parseDocument(await readFile(it.configFile, 'utf8'))
  document.setIn(['gateway', 'ledger', 'witnesses'], [{ url, vkey }])
  await writeFile(it.configFile, document.toString())
  await it.restart()
  await witness.until(/"event":"answered","status":200/, 60_000)
  await expect
    .poll(async () => (JSON.parse((await verify('--witness', vkey)).stdout) as Audited).witnesses, { timeout: 60_000 })
    .toEqual([expect.objectContaining({ name: 'audit.example.com/w1' })])
  expect((await verify('--witness', vkey.replace('w1', 'w2'))).status).not.toBe(0)
  await it.end()

  // What the witness signed stays where the ledger was put back; and a gateway that went on from there would be refused.
  await cp(join(it.folder, 'recordings-ledger', 'cosigned'), join(kept, 'cosigned'), { recursive: true })
  await rm(join(it.folder, 'recordings-ledger'), { recursive: true })
  await cp(kept, join(it.folder, 'recordings-ledger'), { recursive: true })
  const back = await verify('--witness', vkey)
  expect(back.status).toBe(3)
  expect((JSON.parse(back.stdout) as Audited).findings.map(({ kind }) => kind)).toContain('ledger-rolled-back')
})
