import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { readBundle } from '../../../src/ledger/bundle/read.js'
import { signerOf } from '../../../src/ledger/note/keys.js'
import type { Checked } from '../../../src/ledger/page/main.js'
import { scriptOf } from '../../../src/ledger/page/modules.js'
import { Bytes } from '../../../src/ledger/page/node/bytes.js'
import { sha256 } from '../../../src/ledger/page/node/sha256.js'
import { crc32 as ownCrc32 } from '../../../src/ledger/page/node/zlib.js'
import { verifyPage } from '../../../src/ledger/page/page.js'
import { verifyLedger } from '../../../src/ledger/verify/verify.js'
import { forge } from '../../recording/forge.js'
import { closed, result, start, statement } from '../../recording/sample.js'
import { tempFolder } from '../../helpers/temp.js'
import { archive, type Files, flip, pathEnding, record } from './bundle.js'

interface Page {
  bytes(part: Uint8Array): Buffer
  checkBundle(stream: AsyncIterable<Buffer>, key?: string): Promise<Checked>
}

const streamOf = async function* (parts: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield* parts
}

/** The very script of the page, run here with what a browser has, and nothing of Node's. */
const pageHere = async (): Promise<Page> => {
  const browser = { TextEncoder, TextDecoder, atob, btoa, crypto }
  const page = runInNewContext(await scriptOf('./main'), browser) as Page
  return {
    bytes: (part) => page.bytes(part),
    checkBundle: async (...given) => JSON.parse(JSON.stringify(await page.checkBundle(...given))) as Checked,
  }
}

test('the hash, the checksum and the bytes of the page are what Node’s are', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = randomBytes(length)
    expect(Buffer.from(sha256(bytes))).toEqual(createHash('sha256').update(bytes).digest())
    expect(ownCrc32(bytes)).toBe(crc32(bytes))
    const own = Bytes.from(bytes)
    for (const encoding of ['hex', 'base64', 'latin1', 'utf8'] as const) {
      const text = bytes.toString(encoding)
      expect(own.toString(encoding)).toBe(text)
      expect(Buffer.from(Bytes.from(text, encoding))).toEqual(Buffer.from(text, encoding))
    }
  }
  for (const text of ['a', 'ab', 'ab=cd', 'a+/_-b', '=', 'a b', 'zz', 'abc', '0g'])
    for (const encoding of ['hex', 'base64'] as const)
      expect(Buffer.from(Bytes.from(text, encoding))).toEqual(Buffer.from(text, encoding))
})

test('the page’s script finds a sound bundle sound, and says what was and wasn’t checked', async () => {
  await using folder = await tempFolder()
  const { files, vkey } = await record(folder.path)
  const page = await pageHere()
  const check = (key?: string) => page.checkBundle(streamOf([page.bytes(archive(files))]), key)
  const { verification, lines } = await check(vkey)
  expect(verification).toMatchObject({ sound: true, sessions: 3, recordings: 3, acts: 3, findings: [] })
  expect(verification.unread).toBeGreaterThan(0)
  expect(verification.frames).toBeGreaterThan(10)
  expect(lines[0]).toMatch(/^NOTHING WAS ALTERED/)
  expect(lines.join('\n')).toContain('compressed frame')
  expect((await check()).lines.join('\n')).toContain('It came with the bundle')
})

test('the page’s script finds flipped bytes, what is gone and another key, and names the session', async () => {
  await using folder = await tempFolder()
  const { files, vkey, sessions } = await record(folder.path)
  const page = await pageHere()
  const found = async (change: (files: Files) => void, key = vkey) => {
    const changed: Files = new Map([...files].map(([path, content]) => [path, Buffer.from(content)]))
    change(changed)
    const { verification, lines } = await page.checkBundle(streamOf([page.bytes(archive(changed))]), key)
    expect(lines[0]).toBe(verification.sound ? expect.anything() : 'ALTERED.')
    return verification
  }
  for (const session of sessions) {
    const path = pathEnding(files, `${session}.hooprec`)
    const { length } = files.get(path)!
    // Every part of the file, those that are compressed included.
    for (let at = 3; at < length; at += Math.ceil(length / 40)) {
      const { sound, findings } = await found((each) => each.set(path, flip(each.get(path)!, at)))
      expect([at, sound, findings.some((finding) => finding.session === session)]).toEqual([at, false, true])
    }
    const cut = await found((each) => each.set(path, each.get(path)!.subarray(0, length - 600)))
    expect(cut.findings).toContainEqual(expect.objectContaining({ session }))
    expect((await found((each) => each.delete(path))).findings).toContainEqual(
      expect.objectContaining({ kind: 'recording-missing', session }),
    )
  }
  const contents = pathEnding(files, 'contents/000.jsonl')
  const lines = files.get(contents)!.toString().split('\n')
  const dropped = lines.findIndex((line) => line.includes('ses_two') && line.includes('session.end'))
  const without = await found((each) => each.set(contents, Buffer.from(lines.toSpliced(dropped, 1).join('\n'))))
  expect(without.findings).toContainEqual(expect.objectContaining({ kind: 'leaf-missing', leaf: `${dropped}` }))
  const entries = [...files.keys()].filter((path) => path.includes('/entries/'))
  const bundle = entries.toSorted((one, other) => files.get(other)!.length - files.get(one)!.length)[0]!
  expect(
    (await found((each) => each.set(bundle, flip(each.get(bundle)!, 60)))).findings.map(({ kind }) => kind),
  ).toContain('tree-mismatch')
  const rows = pathEnding(files, 'sessions.0.jsonl')
  const renamed = (text: string) => text.replaceAll('ada@example.com', 'eve@example.com')
  expect(await found((each) => each.set(rows, Buffer.from(renamed(each.get(rows)!.toString()))))).toMatchObject({
    sound: false,
  })
  const checkpoint = 'ledger/checkpoint'
  const forged = files
    .get(checkpoint)!
    .toString()
    .replace(/\n(\d+)\n/, (_all, size: string) => `\n${Number(size) - 1}\n`)
  expect((await found((each) => each.set(checkpoint, Buffer.from(forged)))).findings[0]!.kind).toBe(
    'checkpoint-signature',
  )
  const other = signerOf(vkey.slice(0, vkey.indexOf('+')), randomBytes(32)).vkey
  expect((await found(() => undefined, other)).findings[0]!.kind).toBe('checkpoint-signature')
})

test('a file with statements and no beginning that can be read is not passed over, here nor by the command', async () => {
  await using folder = await tempFolder()
  const { files, vkey } = await record(folder.file('gateway'))
  const page = await pageHere()
  const time = (JSON.parse(files.get('about.json')!.toString()) as { taken: string }).taken
  const path = `recordings/${time.slice(0, 10)}/ses_forged.hooprec`
  const ran = [statement(1, 'DROP TABLE evidence'), result(1), { type: 'end', at: 99, time, ...closed } as const]
  const long = { ...start, session: 'ses_forged', time, reason: 'x'.repeat(6000) }
  for (const [events, isCompressed] of [
    [ran, false],
    [[long, ...ran], true],
  ] as const) {
    const forged = folder.file(`forged-${isCompressed}`)
    await forge(forged, 'ses_forged', time, events)
    const bytes = archive(new Map([...files, [path, await readFile(forged)]]))
    const { verification, lines } = await page.checkBundle(streamOf([page.bytes(bytes)]), vkey)
    const expected = { kind: 'recording-unknown', session: 'ses_forged' }
    expect([lines[0], verification.findings]).toEqual(['ALTERED.', [expect.objectContaining(expected)]])
    if (isCompressed) continue
    const { about, ...unpacked } = await readBundle(streamOf([bytes]), folder.file('unpacked'))
    const checked = await verifyLedger({ ...unpacked, vkey: about.vkey, taken: Date.parse(about.taken) })
    expect(checked).toMatchObject({ sound: false, findings: [expected] })
  }
})

test('the page vouches for nothing that a bundle says it leaves out, nor for a note with a mark before it', async () => {
  await using folder = await tempFolder()
  const { files, vkey } = await record(folder.path)
  const page = await pageHere()
  const check = (path: string, content: Buffer) =>
    page.checkBundle(streamOf([page.bytes(archive(new Map([...files, [path, content]])))]), vkey)
  const about = (since: unknown) =>
    Buffer.from(JSON.stringify({ ...(JSON.parse(files.get('about.json')!.toString()) as object), since }))
  const { verification, lines } = await check('about.json', about('2999-01-01T00:00:00.000Z'))
  expect([verification.sound, lines[0]]).toEqual([
    true,
    expect.stringMatching(/^NOT CHECKED: sessions from before 2999/),
  ])
  expect(lines.join('\n')).not.toMatch(/nothing was altered/i)
  for (const since of ['garbage', 7, ''])
    await expect(check('about.json', about(since))).rejects.toThrow('this is no bundle')
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), files.get('ledger/checkpoint')!])
  expect((await check('ledger/checkpoint', marked)).lines[0]).toBe('ALTERED.')
})

test('the page brings no address, nothing runs in it but its own script, and it is in each bundle', async () => {
  await using folder = await tempFolder()
  const { files } = await record(folder.path)
  const html = await verifyPage()
  expect(files.get('verify.html')!.toString()).toBe(html)
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(html) ?? []
  expect(html).toContain(
    `default-src 'none'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  expect(html.match(/<script/g)).toHaveLength(1)
  expect(script).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(/)
})
