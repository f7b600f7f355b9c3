import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { exportJWK, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import {
  generateSigningKey,
  loadSigningKeys,
  longestSigned,
  verifyingKey,
  writeSigningKeys,
} from '../../src/identity/keys.js'
import { tempFolder } from '../helpers/temp.js'

test('keys are written for their owner alone, and come back', async () => {
  await using folder = await tempFolder()
  await writeSigningKeys(folder.file('signing.json'))
  expect((await stat(folder.file('signing.json'))).mode & 0o777).toBe(0o600)
  const [key, ...others] = await loadSigningKeys(folder.file('signing.json'))
  expect(others).toEqual([])
  expect(key.kid).toMatch(/^[\w-]{43}$/)
  expect(key.privateKey.type).toBe('private')
  expect(key.publicKey.type).toBe('public')
  expect(key.privateKey.extractable).toBe(false)
})

test('keys that are there are not written over', async () => {
  await using folder = await tempFolder()
  await writeSigningKeys(folder.file('signing.json'))
  const before = await readFile(folder.file('signing.json'), 'utf8')
  await expect(writeSigningKeys(folder.file('signing.json'))).rejects.toMatchObject({ code: 'FILE_EXISTS' })
  expect(await readFile(folder.file('signing.json'), 'utf8')).toBe(before)
})

test('several keys come in their order, also a P-256 one', async () => {
  await using folder = await tempFolder()
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  await writeSigningKeys(folder.file('signing.json'), [await generateSigningKey(), await exportJWK(privateKey)])
  expect((await loadSigningKeys(folder.file('signing.json'))).map(({ alg }) => alg)).toEqual(['EdDSA', 'ES256'])
})

test('a retired key verifies as long as something that it signed can be good, and no longer', async () => {
  await using folder = await tempFolder()
  const retired = Date.parse('2026-11-30T10:00:00Z')
  const [now, former] = [await generateSigningKey(), await generateSigningKey()]
  const keys = [now, { ...former, retired: new Date(retired).toISOString() }]
  await writeSigningKeys(folder.file('signing.json'), keys)
  const loaded = await loadSigningKeys(folder.file('signing.json'))
  const at = (kid: string | undefined, time: number) => verifyingKey(loaded, kid, time) !== undefined
  const last = retired + longestSigned
  expect([at(former.kid, retired), at(former.kid, last), at(former.kid, last + 1)]).toEqual([true, true, false])
  expect([at(now.kid, last + 1), at('another', retired), at(undefined, retired)]).toEqual([true, false, false])
})

test('keys that others can read are refused', async () => {
  await using folder = await tempFolder()
  await writeSigningKeys(folder.file('signing.json'))
  await chmod(folder.file('signing.json'), 0o640)
  await expect(loadSigningKeys(folder.file('signing.json'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('a file that is missing is said to be missing', async () => {
  await using folder = await tempFolder()
  await expect(loadSigningKeys(folder.file('none.json'))).rejects.toMatchObject({ code: 'KEY_MISSING' })
})

test.for([
  '',
  '{}',
  '[]',
  '{"keys":[]}',
  '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}',
  '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"c2VjcmV0"}]}',
  '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"c2VjcmV0","d":"c2VjcmV0"}]}',
  '{"keys":[null]}',
])('%j holds no keys, and the error does not quote it', async (text) => {
  await using folder = await tempFolder()
  await writeFile(folder.file('signing.json'), text, { mode: 0o600 })
  const error: unknown = await loadSigningKeys(folder.file('signing.json')).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(JSON.stringify([String(error), (error as Error).cause])).not.toContain('c2VjcmV0')
})
