import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HoopError } from '../../../src/lib/errors.js'
import { readTar, tarEnd, tarHeader, tarPadding } from '../../../src/ledger/bundle/tar.js'
import { writeBundle } from '../../../src/ledger/bundle/write.js'
import { loadLedgerKeys } from '../../../src/ledger/log/key-file.js'
import { isTampering } from '../../../src/ledger/verify/report.js'
import { readCopies } from '../../../src/ledger/copied.js'
import { checkProofAt } from '../../../src/operator/audit/proof.js'
import { verifyBundle, verifyBundleFile } from '../../../src/operator/audit/verify.js'
import { AuditView } from '../../../src/store/audit-view.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from '../../gateway/ledger/history.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'

interface Part {
  readonly path: string
  readonly content: Buffer
}

let folder: TempFolder
let whole: Places
let parts: Part[]
let copies = 0
const copy = () => copyOf(whole, folder.file(`copy${++copies}`))

const bundleOf = async ({ ledger, recordings, store, keys }: Places): Promise<Part[]> => {
  using view = new AuditView(store)
  const { vkey } = (await loadLedgerKeys(keys)).signers[0]
  const found: Part[] = []
  const bytes = Readable.from(writeBundle({ folder: ledger, recordings, store: view, vkey })) as AsyncIterable<Buffer>
  for await (const { path, content } of readTar(bytes)) {
    const all: Buffer[] = []
    for await (const part of content) all.push(part)
    if (path !== 'verify.html') found.push({ path, content: Buffer.concat(all) })
  }
  return found
}

const tarOf = (all: readonly Part[]): Buffer =>
  Buffer.concat([
    ...all.flatMap(({ path, content }) => [tarHeader(path, content.length), content, tarPadding(content.length)]),
    tarEnd(),
  ])

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  {
    await using gateway = await openGateway(whole, { copies: [] })
    for (const id of ['ses_1', 'ses_2']) {
      const session = await gateway.begin(id)
      session.run(2)
      await session.end()
    }
    await gateway.holds.add({ session: 'ses_1', reason: 'case' }, { subject: 'olu', name: 'olu' })
  }
  parts = await bundleOf(whole)
})
afterAll(() => folder[Symbol.asyncDispose]())

let memories = 0
/** What hoop audit verify --bundle would exit with. */
const exitOf = async (bytes: Buffer): Promise<number | string> => {
  const stream = Readable.from([bytes]) as AsyncIterable<Buffer>
  try {
    return (await verifyBundle(stream, { memory: folder.file(`memory${++memories}`) })).sound ? 0 : 3
  } catch (error) {
    return error instanceof HoopError ? error.exit : String((error as Error).stack)
  }
}

test('a pipe, a folder or a link in a recording’s place holds nothing up, and is found', async () => {
  for (const put of [
    async (path: string) => execFileSync('mkfifo', [path]),
    (path: string) => mkdir(path),
    (path: string) => symlink('/dev/zero', path),
  ]) {
    const at = await copy()
    const path = await pathOf(at, 'ses_1')
    await rm(path)
    await put(path)
    const found = (await verified(at)).findings.filter(isTampering)
    expect(found.map(({ kind, session }) => `${kind} ${session}`)).toEqual(['recording-altered ses_1'])
    expect((await bundleOf(at)).filter(({ path: name }) => name.includes('ses_1'))).toEqual([])
  }
})

test('a link in place of a day’s folder is found, and nothing behind it is taken along or removed', async () => {
  const at = await copy()
  const day = dirname(await pathOf(at, 'ses_1'))
  await rename(day, folder.file('elsewhere'))
  await symlink(folder.file('elsewhere'), day)
  const found = (await verified(at)).findings.filter(isTampering)
  expect(found).toContainEqual(expect.objectContaining({ kind: 'recording-altered', session: 'ses_2' }))
  expect((await bundleOf(at)).filter(({ path }) => path.includes('ses_1'))).toEqual([])
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({ age: 0 })
  expect(gateway.metrics.retention.removed.age).toBe(0)
})

test('a file in place of a day’s folder holds nothing up', async () => {
  const at = await copy()
  const day = dirname(await pathOf(at, 'ses_1'))
  await rm(day, { recursive: true })
  execFileSync('mkfifo', [day])
  const found = (await verified(at)).findings.filter(isTampering)
  expect(found.map(({ kind }) => kind)).toContain('recording-missing')
})

test('whatever a bundle is, it is sound, altered, or said to be none: never a defect', async () => {
  expect(await exitOf(tarOf(parts))).toBe(0)
  const garbage = ['', 'null', '{"id":5}\n[]\n', '{"i":"0"}\n', '\0\u001b[31m{']
  const altered: (readonly [name: string, parts: Part[]])[] = []
  for (const [at, { path, content }] of parts.entries()) {
    const put = (name: string, ...more: Part[]) => altered.push([`${path} ${name}`, parts.toSpliced(at, 1, ...more)])
    put('gone')
    put('twice', parts[at]!, parts[at]!)
    put('in a folder', { path: `${path}/x`, content })
    put('as a folder too', parts[at]!, { path: `${path}/x`, content })
    put('cut', { path, content: content.subarray(0, content.length >> 1) })
    for (const text of garbage) put(`as ${JSON.stringify(text)}`, { path, content: Buffer.from(text) })
    if (!path.endsWith('.jsonl')) continue
    // Each field of each line as something else.
    const lines = content.toString().trimEnd().split('\n')
    for (const [n, line] of lines.entries())
      for (const field of Object.keys(JSON.parse(line) as object))
        for (const value of [null, {}]) {
          const other = JSON.stringify({ ...(JSON.parse(line) as object), [field]: value })
          if (n === 0)
            put(`line ${n} ${field} ${JSON.stringify(value)}`, {
              path,
              content: Buffer.from(`${lines.toSpliced(n, 1, other).join('\n')}\n`),
            })
        }
  }
  const wrong: string[] = []
  for (const [name, all] of altered) {
    const exit = await exitOf(tarOf(all))
    if (exit !== 0 && exit !== 3 && exit !== 65) wrong.push(`${name}: ${exit}`)
  }
  const bytes = tarOf(parts)
  for (let n = 0; n < 30; n++) {
    const other = Buffer.from(bytes)
    const at = Math.floor((n / 30) * (bytes.length - 1024))
    other[at] = other[at]! ^ 0x41
    const exit = await exitOf(n % 3 === 0 ? other.subarray(0, at) : other)
    if (exit !== 0 && exit !== 3 && exit !== 65) wrong.push(`byte ${at}: ${exit}`)
  }
  expect(wrong).toEqual([])
  expect(altered.length).toBeGreaterThan(120)
})

test('what is no file to be read says what to do', async () => {
  const options = { memory: folder.file('memory') }
  await expect(verifyBundleFile('/nope', options)).rejects.toMatchObject({ code: 'NOT_FOUND', hint: 'Check the path.' })
  await expect(verifyBundleFile(folder.path, options)).rejects.toMatchObject({ code: 'NOTE_INVALID' })
})

test('a pipe or a device named on the command line, or among copies, is not waited for', async () => {
  const pipe = folder.file('2026-11-20.checkpoints.jsonl')
  execFileSync('mkfifo', [pipe])
  for (const path of [pipe, '/dev/zero']) {
    const refused = { code: 'NOTE_INVALID', hint: expect.stringContaining('Give the file that hoop audit') as string }
    await expect(verifyBundleFile(path, { memory: folder.file('memory') })).rejects.toMatchObject(refused)
    await expect(checkProofAt(path, [])).rejects.toMatchObject(refused)
  }
  await expect(checkProofAt('/nope', [])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(readCopies(folder.path, 'x')).rejects.toThrow('is no regular file')
})
