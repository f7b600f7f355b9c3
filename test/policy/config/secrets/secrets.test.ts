import { chmod, chown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { loadConfig } from '../../../../src/policy/config/load.js'
import { secretSpec } from '../../../../src/policy/config/sections/secret.js'
import { Secrets, type SecretNews } from '../../../../src/policy/config/secrets/secrets.js'
import { tempFolder } from '../../../helpers/temp.js'
import { minimal, problems } from '../files.js'

const world = async (env: NodeJS.ProcessEnv = {}) => {
  const folder = await tempFolder()
  const news: SecretNews[] = []
  const secrets = new Secrets({
    env: { PATH: process.env['PATH'], ...env },
    folder: folder.path,
    told: (each) => news.push(each),
  })
  return { ...folder, news, of: (given: unknown) => secrets.of(secretSpec.parse(given)), secrets }
}

/** A program of the test's own. */
const node = (script: string, ...args: string[]) => ({ exec: [process.execPath, '-e', script, ...args] })

const root = process.getuid?.() === 0

test.for([
  ['0600', 0o600, true],
  ['0400', 0o400, true],
  ['0604, which others can read', 0o604, false],
  ['0602, which others can change', 0o602, false],
  ['0640, owned by root', 0o640, root],
  ['0660, which a group can change', 0o660, false],
] as const)('a file of mode %s', async ([, mode, isTaken]) => {
  await using it = await world()
  const file = it.file('password')
  await writeFile(file, 'swordfish\n')
  await chmod(file, mode)
  if (isTaken) expect(await it.of(`file:${file}`).read()).toBe('swordfish')
  else
    await expect(it.of(`file:${file}`).read()).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      message: expect.stringContaining('can be read by others (mode 0') as string,
    })
})

test.skipIf(!root)('a group may read only what root owns', async () => {
  await using it = await world()
  const file = it.file('password')
  await writeFile(file, 'swordfish', { mode: 0o600 })
  await chmod(file, 0o640)
  expect(await it.of({ file }).read()).toBe('swordfish')
  await chown(file, 65534, 65534)
  await expect(it.of({ file }).read()).rejects.toThrow('mode 0640')
})

test('behind a symbolic link it is the file that counts, and a folder is none', async () => {
  await using it = await world()
  await writeFile(it.file('open'), 'swordfish', { mode: 0o644 })
  await symlink('open', it.file('link'))
  await expect(it.of({ file: it.file('link') }).read()).rejects.toThrow('can be read by others')
  await mkdir(it.file('folder'), { mode: 0o700 })
  await expect(it.of({ file: it.file('folder') }).read()).rejects.toThrow('is not a file')
})

test('a command is run without a shell, and loses its last line break', async () => {
  await using it = await world()
  const args = ['$HOME', '`id`', 'a b;c']
  const read = await it.of(node('console.log(JSON.stringify(process.argv.slice(1)))', ...args)).read()
  expect(JSON.parse(read)).toEqual(args)
  expect(read.endsWith('\n')).toBe(false)
  expect(await it.of(node('process.stdout.write("two\\n\\n")')).read()).toBe('two\n')
})

test('a command gets the variables that are named, a few that programs need, and no others', async () => {
  await using it = await world({ VAULT_TOKEN: 't', HOME: '/home/gw', DATABASE_PASSWORD: 'swordfish' })
  const seen = await it.of({ ...node('console.log(JSON.stringify(process.env))'), variables: ['VAULT_TOKEN'] }).read()
  expect(JSON.parse(seen)).toEqual({ PATH: process.env['PATH'], HOME: '/home/gw', VAULT_TOKEN: 't' })
})

test('a command that takes too long is ended with all that it has started', async () => {
  await using it = await world()
  const pidFile = it.file('pid')
  const script = `const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' })
    require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid))
    setInterval(() => 0, 1000)`
  const began = performance.now()
  await expect(it.of({ ...node(script), timeout: '1s' }).read()).rejects.toThrow('took longer than 1000 ms')
  expect(performance.now() - began).toBeLessThan(5000)
  const pid = Number(await readFile(pidFile, 'utf8'))
  const isAlive = async () => /^State:\s+[^ZX]/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))
  if (process.platform === 'linux') await expect.poll(isAlive).toBe(false)
})

test('a command that leaves something running in the background is not waited for', async () => {
  await using it = await world()
  const script = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' }).unref()
    console.log('swordfish')`
  const began = performance.now()
  expect(await it.of(node(script)).read()).toBe('swordfish')
  expect(performance.now() - began).toBeLessThan(5000)
})

test.skipIf(process.platform === 'win32')(
  'what has left the process group and holds the output open is not waited for',
  async () => {
    await using it = await world()
    const away = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => 0, 8000)'], { stdio: 'inherit', detached: true }).unref()`
    const began = performance.now()
    expect(await it.of(node(`${away}; console.log('swordfish')`)).read()).toBe('swordfish')
    const lasts = { ...node(`${away}; setInterval(() => 0, 1000)`), timeout: '1s' }
    await expect(it.of(lasts).read()).rejects.toThrow('took longer than 1000 ms')
    expect(performance.now() - began).toBeLessThan(6000)
  },
)

test('a command that fails is not run once for each who asks', async () => {
  await using it = await world()
  const count = it.file('count')
  const script = `require('node:fs').appendFileSync(${JSON.stringify(count)}, 'x'); process.exit(1)`
  for (const more of [{}, { lifetime: '1m' }]) {
    await writeFile(count, '')
    const secret = it.of({ ...node(script), ...more })
    for (let times = 0; times < 5; times++) await expect(secret.read()).rejects.toThrow('ended with status 1')
    expect(await secret.renew(secret.version)).toBe(false)
    expect(await readFile(count, 'utf8')).toBe('x')
    // A reload asks anew at once.
    it.secrets.doubt()
    await expect(secret.read()).rejects.toThrow('ended with status 1')
    expect(await readFile(count, 'utf8')).toBe('xx')
  }
})

test.for([
  ['a status', 'process.exit(3)', 'ended with status 3'],
  ['nothing', '', 'printed nothing'],
  ['an empty line', 'console.log()', 'printed nothing'],
  ['too much', 'process.stdout.write("x".repeat(2 ** 20))', 'printed more than 262144 bytes'],
  ['bytes that are no text', 'process.stdout.write(Buffer.from([0xff, 0xfe]))', 'printed what is no UTF-8'],
  ['a null byte', 'process.stdout.write("a\\0b")', 'gave a value with a null byte'],
])('a command that gives %s is a missing secret', async ([, script = '', why]) => {
  await using it = await world()
  const error = await it
    .of(node(script))
    .read()
    .catch((each: unknown) => each)
  expect(error).toMatchObject({ code: 'SECRET_MISSING', about: expect.stringContaining(why!) as string })
})

test('a program that is not there says so', async () => {
  await using it = await world()
  await expect(it.of({ exec: ['no-such-program'] }).read()).rejects.toThrow(
    'command no-such-program cannot be run (ENOENT)',
  )
})

test('what a failed command says is told without what looks like a secret, and never in the error', async () => {
  await using it = await world({ VAULT_TOKEN: 'hvs.short' })
  const script = `process.stdout.write('swordfish')
    console.error('403 for hvs.short at https://app:letmein@vault/ with password=opensesame, got swordfish')
    console.error('eyJhbGciOiJIUzI1NiJ9.e30.abcdef0123456789 \\x1b[31m')
    process.exit(1)`
  const error = await it
    .of({ ...node(script), variables: ['VAULT_TOKEN'] })
    .read()
    .catch((each: unknown) => each as Error)
  expect((error as Error).message).toMatch(/ended with status 1$/)
  const { stderr } = it.news[0]!.failure!
  expect(stderr).toContain('403 for [redacted]')
  expect(stderr).not.toMatch(/hvs|letmein|opensesame|swordfish|eyJ|\x1b/)
})

test('a value is read anew after its lifetime, and ahead of that without anybody waiting', async () => {
  await using it = await world()
  const file = it.file('password')
  await writeFile(file, 'one', { mode: 0o600 })
  const secret = it.of({ file, lifetime: '2s' })
  expect(await secret.read()).toBe('one')
  await writeFile(file, 'two')
  expect(await secret.read()).toBe('one')
  await sleep(1_100)
  // The second half: this one has it read.
  expect(await secret.read()).toBe('one')
  await expect.poll(() => secret.read(), { timeout: 800, interval: 20 }).toBe('two')
})

test('a reading that fails leaves the last good value until its lifetime is over', async () => {
  await using it = await world()
  const file = it.file('password')
  await writeFile(file, 'one', { mode: 0o600 })
  const secret = it.of({ file, lifetime: '2s' })
  await secret.read()
  await chmod(file, 0o644)
  it.secrets.doubt()
  expect(await secret.read()).toBe('one')
  expect(it.secrets.concerns).toBe(1)
  expect(it.news).toMatchObject([{ place: `file ${file}`, kept: true }])
  await sleep(2_050)
  await expect(secret.read()).rejects.toThrow('can be read by others')
  await expect(secret.read()).rejects.toThrow('can be read by others')
  expect(it.news).toHaveLength(2)
  expect(it.news[1]).toMatchObject({ kept: false })
  await chmod(file, 0o600)
  expect(await secret.read()).toBe('one')
  expect(it.news[2]).toMatchObject({ failure: undefined })
  expect(it.secrets.concerns).toBe(0)
})

test('whoever comes while a command runs shares it', async () => {
  await using it = await world()
  const count = it.file('count')
  const script = `require('node:fs').appendFileSync(${JSON.stringify(count)}, 'x'); setTimeout(() => console.log('v'), 200)`
  const secret = it.of({ ...node(script), lifetime: '1m' })
  expect(await Promise.all(Array.from({ length: 20 }, () => secret.read()))).toEqual(Array(20).fill('v'))
  expect(await readFile(count, 'utf8')).toBe('x')
  // A refused value is read anew at once, for all who hold it, and not again right after that.
  const { version } = secret
  expect(await Promise.all([secret.renew(version), secret.renew(version)])).toEqual([false, false])
  expect(await secret.renew(version)).toBe(false)
  expect(await readFile(count, 'utf8')).toBe('xx')
  await sleep(2_050)
  expect(await secret.renew(version)).toBe(false)
  expect(await readFile(count, 'utf8')).toBe('xxx')
})

test.for([
  ['{ exec: [] }', 'found nothing, expected text'],
  ['{ env: A, file: b }', 'expected one of env, file and exec'],
  ['{ lifetime: 5m }', 'expected one of env, file and exec'],
  ['{ file: b, timeout: 5s }', 'timeout: found something else, expected that beside exec only'],
  ['{ exec: [vault], timeout: 5m }', 'expected at most 60s'],
  ['hunter2', 'expected env:NAME, file:PATH or { exec: [command, …] }'],
])('a password of %s is refused, and not repeated', async ([given = '', why]) => {
  const lines = await problems(minimal.replace('env:VECTORDB_PASSWORD', given))
  expect(lines.join('\n')).toContain(why)
  expect(lines.join('\n')).not.toContain('hunter2')
})

test('a program with a slash in its name is that of the folder of hoop.yaml', async () => {
  await using folder = await tempFolder()
  await mkdir(folder.file('bin'))
  await writeFile(folder.file('bin', 'secret'), '#!/bin/sh\nprintf "%s" "$(pwd)"\n', { mode: 0o755 })
  await writeFile(folder.file('hoop.yaml'), minimal.replace('env:VECTORDB_PASSWORD', '{ exec: [bin/secret] }'))
  const loaded = await loadConfig(folder.file('hoop.yaml'), { PATH: process.env['PATH'] })
  // Whoever only looks at the file runs nothing.
  expect(await loaded.missing()).toEqual([])
  expect(await loaded.secret(loaded.config.connections['vectordb']!.password!).read()).toBe(folder.path)
})
