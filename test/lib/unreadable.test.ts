import { mkdir, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { loadMaskingKeys } from '../../src/gateway/host/masking-key.js'
import { loadServerCertificate } from '../../src/gateway/host/server-certificate.js'
import { loadSigningKeys } from '../../src/identity/keys.js'
import type { HoopError } from '../../src/lib/errors.js'
import { loadConfig } from '../../src/policy/config/load.js'
import { type GatewayFolder, gatewayFolder } from '../helpers/gateway-folder.js'
import { whileUnreadable } from '../helpers/unreadable.js'

/** Every file without which a gateway doesn't start: how it is read, what it is when it is missing, and what helps then. */
const files = [
  ['hoop.yaml', (folder) => loadConfig(folder.config), 'CONFIG_MISSING', /hoop gateway init/],
  ['keys/signing.json', (folder, path) => loadSigningKeys(path), 'KEY_MISSING', /from a backup.*end all grants/],
  ['keys/masking.key', (folder, path) => loadMaskingKeys(path), 'KEY_MISSING', /from a backup.*hashes .* change/],
  ['tls/cert.pem', (folder) => loadCertificate(folder), 'CONFIG_INVALID', /gateway\.tls/],
  ['tls/key.pem', (folder) => loadCertificate(folder), 'CONFIG_INVALID', /gateway\.tls/],
] as const satisfies readonly [string, (folder: GatewayFolder, path: string) => unknown, string, RegExp][]

const loadCertificate = (folder: GatewayFolder) =>
  loadServerCertificate({ cert: folder.file('tls/cert.pem'), key: folder.file('tls/key.pem') })

const failure = async (run: () => unknown): Promise<HoopError> => {
  try {
    await run()
  } catch (error) {
    return error as HoopError
  }
  throw new Error('it could be read')
}

test.for(files)('%s that may not be read is not missing: whom to let read it is said', async ([name, read]) => {
  await using folder = await gatewayFolder()
  const path = folder.file(name)
  await read(folder, path)
  const error = await whileUnreadable(path, () => failure(() => read(folder, path)))
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE', exit: 78 })
  expect(error.message).toMatch(/^a file that the gateway needs cannot be read: .*\/.* \(EACCES\)$/)
  expect(error.hint).toMatch(/^Let the user that the gateway runs as \(now uid \d+\) read the file/)
  expect(error.hint).not.toContain('init')
})

test.for(files)('%s that is missing says what helps', async ([name, read, code, hint]) => {
  await using folder = await gatewayFolder()
  await rm(folder.file(name))
  const error = await failure(() => read(folder, folder.file(name)))
  expect(error).toMatchObject({ code, exit: 78 })
  expect(error.message).toContain(folder.file(name))
  expect(error.hint).toMatch(hint)
})

test.for(files)('a folder in the place of %s is neither', async ([name, read]) => {
  await using folder = await gatewayFolder()
  await rm(folder.file(name))
  await mkdir(folder.file(name))
  const error = await failure(() => read(folder, folder.file(name)))
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE', hint: expect.stringContaining('in its place') as string })
})
