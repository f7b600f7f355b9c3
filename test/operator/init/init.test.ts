import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { initializeGateway } from '../../../src/operator/init/init.js'
import { renewCertificate } from '../../../src/operator/init/renew.js'
import { completeAnswers, type Given } from '../../../src/operator/init/questions.js'
import { loadServerCertificate } from '../../../src/gateway/host/server-certificate.js'
import { targetOf } from '../../../src/gateway/upstream/target.js'
import { loadConfig } from '../../../src/policy/config/load.js'
import { tempFolder } from '../../helpers/temp.js'

const given: Given = {
  url: 'https://gateway.example.com:8443',
  issuer: 'https://login.example.com',
  connection: 'vectordb=postgres://app:s%3Acret@db.internal/vectors?sslmode=verify-full',
}
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('what it writes is a valid configuration without warnings', async () => {
  await using folder = await tempFolder()
  await initializeGateway(folder.path, await completeAnswers(given, undefined))
  const loaded = await loadConfig(folder.file('hoop.yaml'), {})
  const { config } = loaded
  expect(loaded.warnings).toEqual([])
  expect(await targetOf(loaded, 'vectordb').password()).toBe('s:cret')
  expect(config.gateway).toMatchObject({
    url: given.url,
    listen: '0.0.0.0:8443',
    store: { kind: 'sqlite', path: folder.file('hoop.db') },
  })
  expect(config.identity).toMatchObject({ issuer: given.issuer, client_id: 'hoop-cli' })
  expect(config.connections['vectordb']?.access).toEqual([{ groups: ['hoop-users'], policy: 'default' }])
})

test('the password stands in a file of its own, and in no other', async () => {
  await using folder = await tempFolder()
  const { files } = await initializeGateway(folder.path, await completeAnswers(given, undefined))
  const holding = files.filter(
    (path) => !path.endsWith('/') && readFileSync(folder.file(path), 'utf8').includes('s:cret'),
  )
  expect(holding).toEqual(['secrets/vectordb.password'])
})

test('without a password the configuration names a variable, and so does the outcome', async () => {
  await using folder = await tempFolder()
  const answers = await completeAnswers({ ...given, connection: 'my-db.1=postgres://app@db/v' }, undefined)
  const { environment } = await initializeGateway(folder.path, answers)
  expect(environment).toEqual(['MY_DB_1_PASSWORD'])
  const loaded = await loadConfig(folder.file('hoop.yaml'), { MY_DB_1_PASSWORD: 'x' })
  expect(await targetOf(loaded, 'my-db.1').password()).toBe('x')
})

test('keys and secrets are for their owner only, whatever the umask', async () => {
  await using folder = await tempFolder()
  const before = process.umask(0)
  try {
    const { files } = await initializeGateway(folder.path, await completeAnswers(given, undefined))
    const open = files.filter((path) => !path.endsWith('/') && mode(folder.file(path)) !== '600')
    expect(open.toSorted()).toEqual(['hoop.yaml', 'tls/ca.pem', 'tls/cert.pem'])
    for (const path of ['recordings', 'keys', 'secrets']) expect(mode(folder.file(path)), path).toBe('700')
  } finally {
    process.umask(before)
  }
})

test('the certificate covers the address and this machine', async () => {
  await using folder = await tempFolder()
  const answers = await completeAnswers({ ...given, listen: '192.0.2.7:8443' }, undefined)
  await initializeGateway(folder.path, answers)
  const { facts } = loadServerCertificate({ cert: folder.file('tls/cert.pem'), key: folder.file('tls/key.pem') })
  for (const host of ['gateway.example.com', '192.0.2.7', 'localhost', '127.0.0.1', '::1'])
    expect(facts.covers(host), host).toBe(true)
})

test('a file in the way stops it before anything is written', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('hoop.yaml'), 'mine')
  const answers = await completeAnswers(given, undefined)
  await expect(initializeGateway(folder.path, answers)).rejects.toMatchObject({ code: 'FILE_EXISTS', exit: 73 })
  expect(readdirSync(folder.path)).toEqual(['hoop.yaml'])
  expect(readFileSync(folder.file('hoop.yaml'), 'utf8')).toBe('mine')
})

test('with --force what was there is kept aside', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('hoop.yaml'), 'mine')
  const { kept } = await initializeGateway(folder.path, await completeAnswers(given, undefined), { force: true })
  expect(kept).toEqual(['hoop.yaml.bak'])
  expect(readFileSync(folder.file('hoop.yaml.bak'), 'utf8')).toBe('mine')
  await loadConfig(folder.file('hoop.yaml'))
})

test('a folder that cannot be written leaves nothing half-written', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('secrets'), 'a file where a folder should be')
  const answers = await completeAnswers(given, undefined)
  await expect(initializeGateway(folder.path, answers)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect(existsSync(folder.file('hoop.yaml'))).toBe(false)
  const left = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(left.map(({ name }) => name)).toEqual(['secrets'])
})

test('values that YAML would read otherwise survive', async () => {
  await using folder = await tempFolder()
  const awkward = { clientId: 'yes', group: '#1: "all" [x], {y}' }
  await initializeGateway(folder.path, await completeAnswers({ ...given, ...awkward }, undefined))
  const { config } = await loadConfig(folder.file('hoop.yaml'))
  expect(config.identity.client_id).toBe('yes')
  expect(config.connections['vectordb']?.access[0]?.groups).toEqual([awkward.group])
})

test('a renewed certificate has the same names, a new key and the same authority', async () => {
  await using folder = await tempFolder()
  await initializeGateway(folder.path, await completeAnswers(given, undefined))
  const pair = { cert: folder.file('tls/cert.pem'), key: folder.file('tls/key.pem') }
  const before = loadServerCertificate(pair)
  const { kept } = await renewCertificate(folder.path)
  const after = loadServerCertificate(pair)
  expect(kept).toEqual(['tls/cert.pem.bak', 'tls/key.pem.bak'])
  expect(after.facts.names).toEqual(before.facts.names)
  expect(after.context.key.equals(before.context.key)).toBe(false)
  const authority = new X509Certificate(readFileSync(folder.file('tls/ca.pem')))
  expect(new X509Certificate(after.context.cert).verify(authority.publicKey)).toBe(true)
  expect(mode(pair.key)).toBe('600')
})

test('a certificate of another authority is not renewed', async () => {
  await using folder = await tempFolder()
  await expect(renewCertificate(folder.path)).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
})
