import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, open, readFile, truncate } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { gatewayFolder } from '../helpers/gateway-folder.js'
import { noUnitTest } from '../helpers/suite/no-unit.js'

const run = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

const linesOf = async (path: string): Promise<{ msg: string }[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    // What is said to whoever has started it.
    .filter((line) => line !== '' && !line.startsWith('hoop gateway '))
    .map((line) => JSON.parse(line) as { msg: string })

test('a log that is copied and cut goes on at its beginning, with whole lines', async () => {
  noUnitTest('command line')
  await using folder = await gatewayFolder()
  const [log, old] = [folder.file('gateway.log'), folder.file('gateway.log.1')]
  await using file = await open(log, 'a')
  const child = spawn(process.execPath, [run, 'gateway', 'start', '--config', folder.config, '--drain', '1s'], {
    stdio: ['ignore', 'ignore', file.fd],
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  })
  const ended = once(child, 'close')
  const said = async (path: string) => (await linesOf(path)).map(({ msg }) => msg)
  await expect.poll(() => said(log), { timeout: 60_000 }).toContain('listening')

  await copyFile(log, old)
  await truncate(log)
  child.kill('SIGHUP')
  await expect.poll(() => said(log), { timeout: 60_000 }).toContain('configuration read again, without changes')

  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(await said(log)).not.toContain('listening')
  expect(await said(log)).toContain('stopped')
  expect(await said(old)).toContain('listening')
})
