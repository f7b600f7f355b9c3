import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { loadMaskingKeys } from '../../../src/gateway/host/masking-key.js'
import { layout } from '../../../src/gateway/host/layout.js'
import { loadSigningKeys } from '../../../src/identity/keys.js'
import { replaceFile } from '../../../src/operator/rotate/replace-file.js'
import { rotateKeys } from '../../../src/operator/rotate/rotate-keys.js'
import { freshDatabase } from '../../helpers/database.js'
import { gatewayFolder } from '../../helpers/gateway-folder.js'
import { hoop } from '../../helpers/command/hoop.js'
import { tempFolder } from '../../helpers/temp.js'
import { started } from '../../gateway/server/start/started.js'

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

const masked = `    masks:
      - { columns: [public.people.email], with: hash }
    rules: []
`

test('a running gateway takes new keys up: grants go on, and a session keeps the hashes that it began with', async () => {
  await using database = await freshDatabase()
  const owner = await database.client()
  await owner.query(
    "CREATE TABLE people (id int, email text); INSERT INTO people VALUES (1, 'ada@example.com'), (2, 'ada@example.com')",
  )
  await using it = await started(async (folder) => {
    await folder.edit('/postgres?', `/${database.name}?`)
    await folder.edit(/ {4}masks:[\s\S]*$/, masked)
  })
  const mika = await it.person('mika')
  const held = await mika.grant()
  const old = await mika.connect(held)
  const emails = async ({ client }: typeof old) =>
    (await client.query<{ email: string }>('SELECT email FROM people')).rows.map(({ email }) => email)
  const [before] = await emails(old)
  await old.client.query('BEGIN')

  const rotated = await rotateKeys({ config: it.folder.config, by: 'ops', reason: 'quarterly' })
  const acts = () => it.log.filter(({ msg, act }) => msg === 'administrative act' && act === 'keys.rotate')
  await expect.poll(() => acts().length, { timeout: 10_000 }).toBe(2)
  expect(acts()).toMatchObject([
    { after: { keys: 'signing' }, target: rotated.signing?.key, by: 'host:ops', reason: 'quarterly' },
    { after: { keys: 'masking' }, target: '2', by: 'host:ops', reason: 'quarterly' },
  ])
  await expect
    .poll(() => it.log.some(({ msg }) => msg.startsWith('configuration read again')), { timeout: 10_000 })
    .toBe(true)

  // The grant that the former key has signed opens a session, which masks by the new one.
  const young = await mika.connect(held)
  const [after, same] = await emails(young)
  expect(after).toMatch(/^[0-9a-f]{32}$/)
  expect(before).toMatch(/^[0-9a-f]{32}$/)
  expect(after).not.toBe(before)
  expect(same).toBe(after)
  // In the former session nothing has changed, in its open transaction and behind it.
  expect(await emails(old)).toEqual([before, before])
  await old.client.query('COMMIT')
  expect(await emails(old)).toEqual([before, before])

  const kidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString()) as { kid: string }).kid
  expect(kidOf((await mika.grant(held)).grant)).toBe(rotated.signing?.key)
  expect(rotated.signing?.kept).toEqual([kidOf(held.grant)])
  const files = await Promise.all(
    [layout.signingKeys, layout.maskingKey].map((name) => readFile(it.folder.file(name), 'utf8')),
  )
  const secret = [...files.join('').matchAll(/"(?:d|key)": "([^"]+)"/g)].map(([, value]) => value!)
  expect(secret).toHaveLength(4)
  for (const value of secret) expect(JSON.stringify([it.log, rotated])).not.toContain(value)
})

test('a file that can’t be read leaves the keys in force, and is said', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const held = await mika.grant()
  await chmod(it.folder.file(layout.signingKeys), 0o644)
  await it.gateway.reload()
  expect(it.log.map(({ msg }) => msg).join('\n')).toMatch(
    /the keys that were in force stay in force: .*can be read by others/,
  )
  await mika.connect(held)
  await mika.connect()
})

test('former signing keys stay for an hour after they were replaced, and former masking keys for good', async () => {
  await using folder = await gatewayFolder()
  const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes))
  const config = folder.config
  const one = await rotateKeys({ config, by: 'ops', now: at(0) })
  const two = await rotateKeys({ config, by: 'ops', now: at(50) })
  expect(two.signing?.kept).toEqual([one.signing?.key, ...one.signing!.kept])
  const three = await rotateKeys({ config, by: 'ops', now: at(70) })
  // The first was replaced 70 minutes ago, the second 20.
  expect(three.signing).toMatchObject({ kept: [two.signing?.key, one.signing?.key], dropped: one.signing?.kept })
  expect((await loadSigningKeys(folder.file(layout.signingKeys))).map(({ kid }) => kid)).toEqual([
    three.signing?.key,
    ...three.signing!.kept,
  ])
  expect(loadMaskingKeys(folder.file(layout.maskingKey)).map(({ version }) => version)).toEqual([4, 3, 2, 1])
  for (const name of [layout.signingKeys, layout.maskingKey]) expect(await mode(folder.file(name))).toBe('600')
  expect((await readdir(dirname(folder.file(layout.signingKeys)))).toSorted()).toEqual([
    'ledger.json',
    'masking.key',
    'signing.json',
  ])
})

test('the command says what it did; a dry run changes nothing; one of the two can be left alone', async () => {
  await using folder = await gatewayFolder()
  const read = () => Promise.all([layout.signingKeys, layout.maskingKey].map((name) => readFile(folder.file(name))))
  const before = await read()
  const run = (...args: string[]) =>
    hoop(['gateway', 'rotate-keys', '--config', folder.config, ...args], { home: folder.path })
  const dry = await run('--dry-run', '--json')
  expect(JSON.parse(dry.stdout)).toMatchObject({
    dryRun: true,
    signing: { kept: [expect.any(String)], dropped: [] },
    masking: { version: 2, former: [1] },
  })
  expect(await read()).toEqual(before)
  const words = await run('--only', 'signing', '--reason', 'somebody left')
  expect(words.stdout).toMatch(/^signing key replaced by \S{43}\n {2}1 former kept /)
  const [signing, masking] = await read()
  expect(masking).toEqual(before[1])
  expect(signing).not.toEqual(before[0])
  await writeFile(folder.file(layout.maskingKey), 'no key', { mode: 0o600 })
  const failed = await run()
  expect(failed.status).toBe(78)
  expect((await read())[0]).toEqual(signing)
})

test('whoever reads a file while it is replaced finds one state or the other', async () => {
  await using folder = await tempFolder()
  const path = folder.file('key')
  const contents = ['a'.repeat(50_000), 'b'.repeat(70_000)]
  await writeFile(path, contents[0]!, { mode: 0o600 })
  let isOver = false
  const seen = new Set<string>()
  const reading = (async () => {
    while (!isOver) seen.add(await readFile(path, 'utf8'))
  })()
  for (let n = 0; n < 60; n++) await replaceFile(path, contents[(n + 1) % 2]!)
  isOver = true
  await reading
  expect([...seen].every((text) => contents.includes(text))).toBe(true)
  expect(await readdir(folder.path)).toEqual(['key'])
})
