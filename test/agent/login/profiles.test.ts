import { readFile, stat, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { home } from '../../../src/agent/files/environment.js'
import {
  asAddress,
  findProfile,
  forgetProfile,
  nameFor,
  type Profile,
  saveProfile,
} from '../../../src/agent/login/profiles.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'

let folder: TempFolder
let env: Record<string, string>
beforeEach(async () => {
  folder = await tempFolder()
  env = { HOOP_HOME: folder.file('home') }
})
afterEach(() => folder[Symbol.asyncDispose]())

const profile = (name: string, url = `https://${name}.example.com`): Profile => ({
  name,
  url,
  issuer: 'https://login.example.com',
  clientId: 'hoop-cli',
  scopes: ['openid'],
  account: `account of ${name}`,
  keptIn: 'file',
})

test('the home is HOOP_HOME, else hoop in XDG_CONFIG_HOME', () => {
  expect(home({ HOOP_HOME: '/a', XDG_CONFIG_HOME: '/b' })).toBe('/a')
  expect(home({ XDG_CONFIG_HOME: '/b' })).toBe('/b/hoop')
  expect(home({})).toMatch(/\/\.config\/hoop$/)
})

test('the last one saved is current; others are found by name, by URL, and by HOOP_GATEWAY', async () => {
  await saveProfile(env, profile('one'))
  await saveProfile(env, profile('two'))
  expect(await findProfile(env)).toEqual(profile('two'))
  expect(await findProfile(env, 'one')).toEqual(profile('one'))
  expect(await findProfile(env, 'https://one.example.com/')).toEqual(profile('one'))
  expect(await findProfile(env, 'one.example.com')).toEqual(profile('one'))
  expect(await findProfile({ ...env, HOOP_GATEWAY: 'one' })).toEqual(profile('one'))
  expect(await findProfile(env, 'three')).toBeUndefined()
})

test('a forgotten profile is gone, and with the current one there is none', async () => {
  await saveProfile(env, profile('one'))
  await saveProfile(env, profile('two'))
  await forgetProfile(env, 'two')
  expect(await findProfile(env)).toBeUndefined()
  expect(await findProfile(env, 'one')).toEqual(profile('one'))
})

test('folder and file are for their owner alone, and no draft is left', async () => {
  await saveProfile(env, profile('one'))
  expect((await stat(folder.file('home'))).mode & 0o777).toBe(0o700)
  expect((await stat(folder.file('home', 'gateways.json'))).mode & 0o777).toBe(0o600)
})

test('many at once all get in', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `g${i}`)
  await Promise.all(names.map((name) => saveProfile(env, profile(name))))
  const { gateways } = JSON.parse(await readFile(folder.file('home', 'gateways.json'), 'utf8')) as { gateways: object }
  expect(Object.keys(gateways).sort()).toEqual(names)
})

test('a damaged file says which', async () => {
  await saveProfile(env, profile('one'))
  await writeFile(folder.file('home', 'gateways.json'), '{"gate')
  await expect(findProfile(env)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    about: folder.file('home', 'gateways.json'),
  })
})

test('a second gateway on a host gets the port into its name', async () => {
  await saveProfile(env, profile('gateway.example.com', 'https://gateway.example.com:1'))
  expect(await nameFor(env, 'https://gateway.example.com:2')).toBe('gateway.example.com:2')
  expect(await nameFor(env, 'https://gateway.example.com:1')).toBe('gateway.example.com')
  expect(await nameFor(env, 'https://other.example.com')).toBe('other.example.com')
})

test.for([
  ['https://gateway.example.com:8443', 'https://gateway.example.com:8443'],
  ['https://gateway.example.com/', 'https://gateway.example.com'],
  ['https://example.com/hoop/', 'https://example.com/hoop'],
  ['gateway.example.com:8443', 'https://gateway.example.com:8443'],
  ['http://gateway.example.com', undefined],
  ['not a host', undefined],
  ['', undefined],
] as const)('the address %j means %j', ([typed, meant]) => {
  expect(asAddress(typed)).toBe(meant)
})
