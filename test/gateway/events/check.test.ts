import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { keepDelivered } from '../../../src/gateway/events/delivered.js'
import { checkEvents } from '../../../src/operator/check/events.js'
import type { GatewayConfig } from '../../../src/policy/config/schema.js'
import { eventTarget } from '../../../src/policy/config/sections/events.js'
import { tempFolder } from '../../helpers/temp.js'
import { openGateway, placesIn } from '../ledger/history.js'

test('hoop gateway check says of each target whether it can be reached, and how much waits for it', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  {
    await using gateway = await openGateway(at, { copies: [] })
    await keepDelivered(at.ledger, 'down', gateway.ledgers.ledger.origin, { leaf: 1, part: 0 })
  }
  const targets = [
    { name: 'lines', file: folder.file('events.jsonl') },
    { name: 'down', webhook: { url: 'http://127.0.0.1:1/secret-path' } },
    { name: 'logs', syslog: { host: '127.0.0.1', port: 1 } },
    { name: 'nowhere', file: folder.file('none', 'events.jsonl') },
  ].map((target) => eventTarget.parse(target))
  const gateway = { recordings: `file:${at.recordings}`, ledger: { folder: `file:${at.ledger}` }, events: targets }
  const results = []
  for await (const result of checkEvents(gateway as unknown as GatewayConfig, async () => '')) results.push(result)
  expect(results.map(({ name, state }) => [name, state])).toEqual([
    ['events lines', 'ok'],
    ['events down', 'warning'],
    ['events logs', 'warning'],
    ['events nowhere', 'warning'],
  ])
  expect(results[1]!.detail).toBe('it can’t be reached: ECONNREFUSED; 2 leaves of the ledger wait for it')
  expect(results[2]!.detail).toContain('ECONNREFUSED')
  expect(JSON.stringify(results)).not.toContain('secret-path')
})

test('lines on stdout come from a process of their own', () => {
  const module = fileURLToPath(new URL('../../../dist/src/gateway/events/sending/lines.js', import.meta.url))
  const script = `import(${JSON.stringify(module)}).then(({ toStdout }) => toStdout()([{ id: 'a' }, { id: 'b' }], new AbortController().signal))`
  expect(execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8' })).toBe('{"id":"a"}\n{"id":"b"}\n')
})
