import { execFileSync, spawnSync } from 'node:child_process'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { LedgerLog } from '../../../src/ledger/log/log.js'
import { writeProof } from '../../../src/ledger/proof/write.js'
import { tempFolder } from '../../helpers/temp.js'
import { heartbeat, keys } from '../log/sample.js'

/** Where Debian keeps the sources of golang-golang-x-mod-dev. */
const sources = '/usr/share/gocode'
const environment = { ...process.env, GO111MODULE: 'off', GOPATH: sources, GOFLAGS: '' }
const hasGo = spawnSync('go', ['list', 'golang.org/x/mod/sumdb/tlog'], { env: environment }).status === 0

test('Go’s sumdb/note and sumdb/tlog find checkpoints, tiles, entries and every leaf’s proof right, and what was changed wrong', async ({
  skip,
}) => {
  if (!hasGo) return skip('SKIPPED: needs Go with golang.org/x/mod (Debian: golang-go, golang-golang-x-mod-dev)')
  await using folder = await tempFolder()
  const path = folder.file('log')
  await mkdir(path)
  const log = await LedgerLog.open({ folder: path, keys })
  const add = (count: number) => Promise.all(Array.from({ length: count }, () => log.append(heartbeat())))
  await add(100)
  await writeFile(folder.file('former'), log.checkpoint!)
  await add(500)
  await copyFile(fileURLToPath(new URL('check.go.txt', import.meta.url)), folder.file('check.go'))
  execFileSync('go', ['build', '-o', folder.file('check'), folder.file('check.go')], {
    env: environment,
    cwd: folder.path,
  })
  const check = () => spawnSync(folder.file('check'), [path, log.vkey, folder.file('former')], { encoding: 'utf8' })
  expect(check().stdout).toBe('checked 600 600\n')
  await writeFile(folder.file('proof'), await writeProof(path, 300n, log.checkpoint!))
  const prove = () => spawnSync(folder.file('check'), ['proof', folder.file('proof'), log.vkey], { encoding: 'utf8' })
  expect(JSON.parse(prove().stdout)).toMatchObject({ kind: 'heartbeat' })
  const proof = await readFile(folder.file('proof'), 'utf8')
  await writeFile(folder.file('proof'), proof.replace('index 300', 'index 301'))
  expect(prove()).toMatchObject({ status: 1, stdout: expect.stringContaining('FAILED') as unknown })
  await writeFile(join(path, 'tile/entries/000'), Buffer.alloc(256 * 42))
  expect(check()).toMatchObject({ status: 1, stdout: expect.stringContaining('FAILED') as unknown })
}, 120_000)
