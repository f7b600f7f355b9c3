import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startIdp } from '../../../src/demo/idp.js'
import { hoop } from '../../helpers/command/hoop.js'
import { tempFolder } from '../../helpers/temp.js'
import { gatewayFolder } from '../../helpers/gateway-folder.js'

const flags = ['--url', 'https://localhost:8443', '--issuer', 'https://login.example.com']
const connection = ['--connection', 'vectordb=postgres://app@db.internal/vectors']

test('without a terminal the missing flags are named, the status is 64 and nothing is there', async () => {
  await using folder = await tempFolder()
  const { status, stderr } = await hoop(['gateway', 'init', 'new', ...flags], { home: folder.path })
  expect(status).toBe(64)
  expect(stderr).toContain('missing --connection')
  expect(readdirSync(folder.path)).toEqual([])
})

test('it ends with the commands to run next', async () => {
  await using folder = await tempFolder()
  const { status, stderr } = await hoop(['gateway', 'init', 'new', ...flags, ...connection], { home: folder.path })
  expect(status).toBe(0)
  expect(stderr).toContain('Set VECTORDB_PASSWORD before you go on.')
  expect(stderr.trimEnd().split('\n').slice(-3)).toEqual([
    '  hoop gateway check --config new/hoop.yaml',
    '  hoop gateway start --config new/hoop.yaml',
    '  hoop login https://localhost:8443 --ca new/tls/ca.pem',
  ])
  await using elsewhere = await tempFolder()
  const far = await hoop(['gateway', 'init', folder.file('far'), ...flags, ...connection], { home: elsewhere.path })
  expect(far.stderr).toContain(`  hoop gateway start --config ${folder.file('far', 'hoop.yaml')}\n`)
})

test('under --json the same comes as data, and a file in the way as an error with status 73', async () => {
  await using folder = await tempFolder()
  const init = () => hoop(['gateway', 'init', ...flags, ...connection, '--json'], { home: folder.path })
  const first = await init()
  expect(JSON.parse(first.stdout)).toMatchObject({ folder: folder.path, kept: [], environment: ['VECTORDB_PASSWORD'] })
  const second = await init()
  expect(second.status).toBe(73)
  expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'FILE_EXISTS' } })
})

test('check prints a line each and exits with 0, or 78 when one failed', async () => {
  await using idp = await startIdp()
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  const good = await hoop(['gateway', 'check', '--config', folder.config], { home: folder.path })
  expect(good.status).toBe(0)
  expect(good.stdout).toMatch(/^ok {7}configuration/)
  expect(good.stdout).not.toContain('failed')
  await folder.edit(/issuer: .*/, 'issuer: http://127.0.0.1:1')
  const bad = await hoop(['gateway', 'check', '--config', folder.config, '--json'], { home: folder.path })
  expect(bad.status).toBe(78)
  const results = JSON.parse(bad.stdout) as { name: string; state: string; hint?: string }[]
  expect(results.filter(({ state }) => state === 'failed')).toMatchObject([
    { name: 'identity provider', hint: expect.any(String) as string },
  ])
  expect(existsSync(folder.file('hoop.db'))).toBe(false)
})
