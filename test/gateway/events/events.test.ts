import { createHmac } from 'node:crypto'
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { factsOfLeaf } from '../../../src/gateway/events/of-leaf.js'
import type { Cursor } from '../../../src/gateway/events/stream.js'
import { announce } from '../../../src/gateway/quarantine/announce.js'
import { brokenGlass } from '../../../src/gateway/approvals/announcements.js'
import { withNotices } from '../../../src/gateway/ledger/notices.js'
import { HoopError } from '../../../src/lib/errors.js'
import { type Leaf, openLeaf, sealLeaf } from '../../../src/ledger/leaves.js'
import type { ApprovalRecord } from '../../../src/store/approvals/rows.js'
import { makeCertificates } from '../../helpers/certificates.js'
import { tempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn } from '../ledger/history.js'
import { linesOf, parsed, syslogReceiver, telling, webhookReceiver } from './receiving.js'

const ada = { subject: 'auth0|ada', name: 'ada@example.com' }
const olu = { subject: 'olu', name: 'olu@example.com' }
const leavesOf = async ({ ledger }: Places): Promise<Leaf[]> =>
  (await readFile(`${ledger}/contents/000.jsonl`, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse((JSON.parse(line) as { c: string }).c) as Leaf)

const waiting = { timeout: 20_000 }
const secret = 'hunter2-4111111111111111'

test('what happens comes as lines that fit the schema, in order, and without texts, reasons and what was searched for', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  const file = folder.file('events.jsonl')
  {
    await using gateway = await openGateway(at, { copies: [] })
    await using _ = await telling(gateway, at, [{ name: 'siem', file }])
    const session = await gateway.begin('ses_a', { reason: secret })
    session.run(2)
    session.refuse()
    const about = { id: 'apr_1', rule: 'ddl' }
    for (const event of [
      { ...about, outcome: 'requested', text: `DROP ${secret}`, reason: secret },
      { ...about, outcome: 'approved', by: [{ ...olu, reason: secret }] },
      { ...about, outcome: 'requested' },
      { ...about, outcome: 'denied', by: [{ ...olu, reason: secret }] },
    ] as const)
      session.recorder.record({ type: 'approval', at: 10, ...event })
    session.recorder.commit()
    const { ledger } = gateway.ledgers
    await gateway.write({
      act: 'session.kill',
      by: olu,
      target: 'ses_a',
      reason: secret,
      before: { state: 'open', note: secret },
    })
    await ledger.write('read', { by: olu, what: 'GET /v1/sessions', target: `/v1/sessions?text=${secret}` })
    const webhooks = withNotices({ emit: () => undefined }, () => ledger)
    webhooks.emit({
      event: 'alert',
      text: 'ada has used up a budget.',
      fields: { person: 'ada', limit: 5, owner: undefined },
    })
    const asked = {
      id: 'apr_2',
      name: ada.name,
      connection: 'vectordb',
      rule: 'ddl',
      groups: ['dba'],
      session: 'ses_a',
    }
    webhooks.emit(brokenGlass({ ...asked, reason: secret, votes: [] } as unknown as ApprovalRecord, 'https://hoop'))
    const quarantine = announce({ webhooks, log: pino({ level: 'silent' }) }, 'vectordb')
    quarantine([{ error: new HoopError('UPSTREAM_UNREACHABLE', `at ${secret}`), database: 'vectors' }])
    quarantine([])
    await session.end('killed')
    await ledger.write('heartbeat', { sessions: 0 })
    await expect.poll(async () => (await linesOf(file)).at(-1)?.kind, waiting).toBe('service.alive')
  }
  const told = await linesOf(file)
  expect(told.map(({ kind }) => kind).toSorted()).toEqual(
    [
      ...['ledger.began', 'service.started', 'service.alive', 'act', 'read', 'alert', 'alert'],
      ...['session.started', 'session.ended', 'quarantine.began', 'quarantine.ended', 'statement.refused'],
      ...['statement.held', 'statement.approved', 'statement.held', 'statement.not-approved'],
    ].toSorted(),
  )
  expect(told.map(({ leaf }) => leaf)).toEqual(told.map(({ leaf }) => leaf).toSorted((one, other) => one - other))
  expect(await readFile(file, 'utf8')).not.toContain(secret)
  expect(await readFile(file, 'utf8')).not.toContain('customers')
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length)
  expect(told.find(({ kind }) => kind === 'statement.refused')).toMatchObject({
    ...{ session: 'ses_a', person: ada, connection: 'vectordb', statement: 3, code: 'STATEMENT_BLOCKED' },
  })
  expect(told.find(({ kind }) => kind === 'statement.approved')).toMatchObject({ request: 'apr_1', by: [olu] })
  expect(told.find(({ kind }) => kind === 'act')).toMatchObject({ act: 'session.kill', before: { state: 'open' } })
  expect(told.find(({ kind }) => kind === 'quarantine.began')).toMatchObject({ connection: 'vectordb' })
  expect(told.find(({ kind }) => kind === 'read')).toMatchObject({ target: '/v1/sessions' })
  const broken = { Request: 'apr_2', Person: ada.name, Connection: 'vectordb', Rule: 'ddl', Approvers: 'dba' }
  expect(told.filter(({ kind }) => kind === 'alert').at(-1)).toMatchObject({
    fields: { ...broken, Address: 'https://hoop', Kind: 'break-glass', Session: 'ses_a' },
  })
  const notices = (await leavesOf(at)).filter(({ kind }) => kind === 'notice')
  expect(notices).not.toHaveLength(0)
  expect(JSON.stringify(notices)).not.toContain(secret)
})

test('what older versions entered with an alert is told by the same list', () => {
  const fields = { Person: 'ada', Session: 'ses_a', Reason: secret, Because: secret }
  const leaf = { kind: 'notice', time: '2026-11-20T09:30:00.000Z', what: 'alert', text: 'a', fields } as const
  expect(factsOfLeaf(leaf)).toMatchObject({ kind: 'alert', fields: { Person: 'ada', Session: 'ses_a' } })
  expect(JSON.stringify(factsOfLeaf(leaf))).not.toContain(secret)
})

test('after a kill at any moment nothing is missing, and what comes twice is the same', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  await using to = await webhookReceiver(() => 200)
  const target = { name: 'lake', webhook: { url: to.url } }
  const killed = placesIn(folder.file('killed'))
  {
    await using gateway = await openGateway(at, { copies: [] })
    await using _ = await telling(gateway, at, [target])
    const open: Awaited<ReturnType<typeof gateway.begin>>[] = []
    for (let n = 0; n < 30; n++) {
      const session = await gateway.begin()
      session.refuse()
      session.run()
      if (n % 3 > 0) await session.end()
      else open.push(session)
      if (n === 20) await copyOf(at, killed.root)
    }
    for (const session of open) await session.end()
  }
  const first = to.posted.flatMap(({ events }) => events)
  const begun = to.posted.length
  const { leaf: acknowledged } = JSON.parse(await readFile(`${killed.ledger}/delivered/lake.json`, 'utf8')) as Cursor
  const size = Number((await readFile(`${killed.ledger}/checkpoint`, 'utf8')).split('\n')[1])
  {
    await using gateway = await openGateway(killed, { copies: [] })
    await using events = await telling(gateway, killed, [target])
    await expect.poll(() => events.metrics.events.get('lake')?.behind, waiting).toBe(0)
  }
  const second = to.posted.slice(begun).flatMap(({ events }) => events)
  const leaves = await leavesOf(killed)
  const told = new Set(
    [...first.filter(({ leaf }) => leaf < acknowledged), ...second].map(({ leaf, kind }) => `${leaf} ${kind}`),
  )
  for (const [index, leaf] of leaves.entries()) {
    // The last one comes behind whoever sends.
    if (index === leaves.length - 1) continue
    const facts = factsOfLeaf(leaf)
    if (facts) expect(told).toContain(`${index} ${facts.kind}`)
  }
  const started = leaves.filter(({ kind }) => kind === 'session.start')
  const refused = [...first.filter(({ leaf }) => leaf < acknowledged), ...second].filter(
    ({ kind }) => kind === 'statement.refused',
  )
  expect(refused).toHaveLength(started.length)
  const twice = first.filter(({ leaf, id }) => leaf < size && second.some((event) => event.id === id))
  for (const event of twice) expect(second.find(({ id }) => id === event.id)).toEqual(event)
})

test('a webhook that fails, refuses or breaks off gets the same again, signed, and nothing is left out', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  await using to = await webhookReceiver((count) => ([500, 400, 'silence', 429] as const)[count - 1] ?? 204)
  const logged: string[] = []
  await using gateway = await openGateway(at, { copies: [] })
  await using events = await telling(
    gateway,
    at,
    [{ name: 'lake', webhook: { url: to.url, secret: 'env:KEY' }, kinds: ['act', 'session'] }],
    logged,
  )
  const session = await gateway.begin()
  session.refuse()
  await gateway.write({ act: 'person.revoke', by: olu, target: 'ada', subject: 'ada' })
  await session.end()
  await expect.poll(() => events.metrics.events.get('lake')?.behind, waiting).toBe(0)
  await expect.poll(() => to.posted.at(-1)?.events.at(-1)?.kind, waiting).toBe('session.ended')
  const [first, ...others] = to.posted
  for (const { body } of others.slice(0, 3)) expect(body.startsWith(first!.body.slice(0, -2))).toBe(true)
  const taken = to.posted.slice(4).flatMap((post) => post.events)
  expect(taken.map(({ kind }) => kind)).toEqual(['session.started', 'act', 'session.ended'])
  for (const { signature, body } of to.posted) {
    const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
    expect(mac).toBe(createHmac('sha256', 'open sesame').update(`${time}.${body}`).digest('hex'))
  }
  expect(events.metrics.events.get('lake')).toMatchObject({ sent: 3, failed: 4 })
  expect(logged.filter((line) => line.includes('events were not taken'))).toHaveLength(4)
  expect(logged.join('')).toContain('takes events again')
  expect(logged.join('')).not.toContain(to.url)
})

test('syslog goes over TLS with a client’s certificate, each message behind its length; unread ones come again', async () => {
  await using folder = await tempFolder()
  const certificates = await makeCertificates(folder.path)
  const { caFile: ca, certFile: cert, keyFile: key } = certificates
  await using to = await syslogReceiver(certificates, (count) => count > 2)
  const at = placesIn(folder.file('gateway'))
  await using gateway = await openGateway(at, { copies: [] })
  const syslog = { host: '127.0.0.1', port: to.port, ca, cert, key }
  await using events = await telling(gateway, at, [
    { name: 'siem', syslog },
    { name: 'stranger', syslog: { host: '127.0.0.1', port: to.port } },
  ])
  const session = await gateway.begin('ses_a', { name: 'zoë@example.com' })
  session.refuse()
  await session.end()
  await expect.poll(() => to.messages.some((message) => message.includes(' session.ended ')), waiting).toBe(true)
  expect(to.connections()).toBeGreaterThan(2)
  expect(to.authorized.every(Boolean)).toBe(true)
  expect(events.metrics.events.get('siem')!.failed).toBe(2)
  // Who can't tell who that is sends nothing there.
  expect(events.metrics.events.get('stranger')).toMatchObject({ sent: 0 })
  expect(events.metrics.events.get('stranger')!.failed).toBeGreaterThan(0)
  const told = to.messages.map((message) => {
    const [, priority, time, host, kind, json] =
      /^<(\d+)>1 (\S+Z) (\S+) hoop - (\S+) - ([\x20-\x7e]+)$/.exec(message) ?? []
    const event = parsed(json!)
    expect({ time, host, kind }).toEqual({ time: event.time, host: event.gateway, kind: event.kind })
    expect(priority).toBe(kind === 'statement.refused' ? '108' : '110')
    return event
  })
  expect(told.find(({ kind }) => kind === 'statement.refused')).toMatchObject({ person: { name: 'zoë@example.com' } })
})

test('a target that takes nothing holds up neither the others nor the stop, and is counted and logged', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  const file = folder.file('events.jsonl')
  await using silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const logged: string[] = []
  {
    await using gateway = await openGateway(at, { copies: [] })
    await using events = await telling(
      gateway,
      at,
      [
        { name: 'hangs', webhook: { url: `http://127.0.0.1:${port}/` } },
        { name: 'down', webhook: { url: 'http://127.0.0.1:1/' } },
        { name: 'lines', file },
      ],
      logged,
    )
    for (let n = 0; n < 5; n++) await gateway.write({ act: 'person.revoke', by: olu, target: `p${n}` })
    await expect.poll(async () => (await linesOf(file)).filter(({ kind }) => kind === 'act').length, waiting).toBe(5)
    await expect.poll(() => events.metrics.events.get('down')!.failed, waiting).toBeGreaterThan(1)
    expect(events.metrics.events.get('hangs')).toMatchObject({ sent: 0 })
    expect(events.metrics.events.get('hangs')!.behind).toBeGreaterThan(5)
    expect(logged.join('')).toMatch(/"target":"down","why":"ECONNREFUSED","behind":\d+/)
    silent.close()
  }
  // Nothing of it was kept in memory: the next gateway has it.
  await using to = await webhookReceiver(() => 200, port)
  await using gateway = await openGateway(at, { copies: [] })
  await using _ = await telling(gateway, at, [{ name: 'hangs', webhook: { url: to.url } }])
  await expect
    .poll(() => to.posted.flatMap((post) => post.events).filter(({ kind }) => kind === 'act').length, waiting)
    .toBe(5)
})

test('one leaf that stands for more events than are sent together is told in parts, which a start goes on with', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  let isOpen = false
  await using to = await webhookReceiver((count) => (count <= 1 || isOpen ? 200 : 503))
  const target = { name: 'lake', webhook: { url: to.url }, kinds: ['statement' as const] }
  {
    await using gateway = await openGateway(at, { copies: [] })
    const session = await gateway.begin()
    for (let n = 0; n < 1200; n++) session.refuse()
    await session.end()
    await using events = await telling(gateway, at, [target])
    await expect.poll(() => events.metrics.events.get('lake')!.failed, waiting).toBeGreaterThan(0)
  }
  const kept = JSON.parse(await readFile(`${at.ledger}/delivered/lake.json`, 'utf8')) as { part: number }
  expect(kept.part).toBe(500)
  isOpen = true
  const before = to.posted.length
  await using gateway = await openGateway(at, { copies: [] })
  await using _ = await telling(gateway, at, [target])
  const taken = () => [to.posted[0]!, ...to.posted.slice(before)].flatMap(({ events }) => events)
  await expect.poll(() => taken().length, waiting).toBe(1200)
  expect(new Set(taken().map(({ id }) => id)).size).toBe(1200)
  expect(taken().map((event) => event.kind === 'statement.refused' && event.statement)).toEqual(
    Array.from({ length: 1200 }, (_each, n) => n + 1),
  )
})

test('a torn line goes before others are added; what a recording can’t tell any more is said, and an erased leaf too', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  const file = folder.file('events.jsonl')
  await writeFile(file, '{"whole":1}\n')
  await appendFile(file, '{"torn')
  {
    await using gateway = await openGateway(at, { copies: [] })
    const session = await gateway.begin('ses_gone')
    session.refuse()
    await session.end()
    await (await gateway.begin('ses_erased')).end()
  }
  await rm(await pathOf(at, 'ses_gone'))
  const contents = `${at.ledger}/contents/000.jsonl`
  const lines = (await readFile(contents, 'utf8')).split('\n')
  const isErased = (line: string) => line.includes('session.end') && line.includes('ses_erased')
  await writeFile(
    contents,
    lines.map((line) => (isErased(line) ? JSON.stringify({ ...JSON.parse(line), c: '' }) : line)).join('\n'),
  )
  await using gateway = await openGateway(at, { copies: [] })
  const { origin } = gateway.ledgers.ledger
  await mkdir(`${at.ledger}/delivered`)
  await writeFile(`${at.ledger}/delivered/siem.json`, JSON.stringify({ origin, leaf: 0, part: 0 }))
  await using _ = await telling(gateway, at, [{ name: 'siem', file }])
  const told = async () => (await readFile(file, 'utf8')).split('\n').slice(1, -1).map(parsed)
  await expect.poll(async () => (await told()).map(({ kind }) => kind), waiting).toContain('ledger.erased')
  expect(await readFile(file, 'utf8')).toMatch(/^\{"whole":1\}\n\{"schema"/)
  expect((await told()).find(({ kind }) => kind === 'statement.unknown')).toMatchObject({
    ...{ session: 'ses_gone', code: 'NOT_FOUND' },
  })
  expect((await told()).find(({ kind }) => kind === 'ledger.erased')).toMatchObject({ of: 'session.end' })
})

test('a target whose place can’t be believed is told everything again, and the log says so', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  await using gateway = await openGateway(at, { copies: [] })
  const { ledger } = gateway.ledgers
  await gateway.write({ act: 'session.kill', by: olu, target: 'ses_a' })
  await ledger.noted()
  await mkdir(`${at.ledger}/delivered`, { recursive: true })
  const { origin } = ledger
  const damaged = ['{"leaf":', '', 'null', '{"leaf":-1,"part":0}', JSON.stringify({ origin, leaf: 100_000, part: 0 })]
  const logged: string[] = []
  const targets = damaged.map((_, n) => ({ name: `siem-${n}`, file: folder.file(`events-${n}.jsonl`) }))
  for (const [n, text] of damaged.entries()) await writeFile(`${at.ledger}/delivered/siem-${n}.json`, text)
  const fresh = { name: 'fresh', file: folder.file('fresh.jsonl') }
  {
    await using _ = await telling(gateway, at, [...targets, fresh], logged)
    for (const { file } of targets)
      await expect.poll(async () => (await linesOf(file)).some(({ kind }) => kind === 'act'), waiting).toBe(true)
  }
  const errors = logged
    .map((line) => JSON.parse(line) as { level: number; target?: string })
    .filter(({ level }) => level === 50)
  expect(errors.map(({ target }) => target)).toEqual(targets.map(({ name }) => name))
})

test('a notice is a leaf like others', () => {
  const leaf = { kind: 'notice', time: '2026-11-20T09:30:00.000Z', what: 'alert', text: 'a', fields: { b: 1 } } as const
  expect(openLeaf(sealLeaf(leaf))).toEqual(leaf)
})
