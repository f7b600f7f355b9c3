import { lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepService, withService } from '../../../src/agent/port/service-file.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'

const service = { name: 'vectordb', host: '127.0.0.1', port: 15432, database: 'vectors' }
const own = '[mine]\nhost=db.internal\n'

let folder: TempFolder
beforeEach(async () => {
  folder = await tempFolder()
})
afterEach(() => folder[Symbol.asyncDispose]())

test('an entry is added behind what is there, which stays', () => {
  const text = withService(own, service)
  expect(text.startsWith(own)).toBe(true)
  expect(text).toContain('\n[vectordb]\nhost=127.0.0.1\nport=15432\ndbname=vectors\n# END hoop vectordb\n')
})

test('a second time it is replaced in its place, and nothing else changes', () => {
  const before = withService(own, service) + '[later]\nhost=x\n'
  const after = withService(before, { ...service, port: 2 })
  expect(after).toBe(before.replace('port=15432', 'port=2'))
})

test('another connection whose name begins the same keeps its entry', () => {
  const both = withService(withService('', { ...service, name: 'vectordb2' }), service)
  expect(both.match(/^\[/gm)).toHaveLength(2)
  expect(withService(both, { ...service, port: 3 }).match(/port=15432/g)).toHaveLength(1)
})

test('a file without a last line end is not glued together', () => {
  expect(withService('[mine]', service)).toMatch(/^\[mine\]\n# BEGIN/)
})

test('the file is found by PGSERVICEFILE; its mode stays, a new one is private', async () => {
  const path = folder.file('pg_service.conf')
  const env = { PGSERVICEFILE: path }
  expect(await keepService(env, service)).toBe(path)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await writeFile(path, own)
  await keepService(env, service)
  expect(await readFile(path, 'utf8')).toContain(own)
})

test('a link into dotfiles stays a link', async () => {
  await writeFile(folder.file('dotfile'), own)
  await symlink('dotfile', folder.file('.pg_service.conf'))
  await keepService({ HOME: folder.path }, service)
  expect((await lstat(folder.file('.pg_service.conf'))).isSymbolicLink()).toBe(true)
  expect(await readFile(folder.file('dotfile'), 'utf8')).toContain('[vectordb]')
})
