import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { tempFolder } from '../helpers/temp.js'

const run = promisify(execFile)
const unit = await readFile(new URL('../../packaging/systemd/hoop-gateway.service', import.meta.url), 'utf8')

/** Tenths of the exposure that the unit and docs/install.md name. */
const stated = 11

test('systemd finds nothing wrong with the unit, and its exposure is what is stated', async ({ skip }) => {
  if (!existsSync('/usr/bin/systemd-analyze')) skip('systemd is not installed: apt-get install systemd')
  await using folder = await tempFolder()
  const file = folder.file('hoop-gateway.service')
  // hoop itself needs not be installed here.
  await writeFile(file, unit.replace('/usr/local/bin/hoop', '/bin/true'))
  const { stdout, stderr } = await run('systemd-analyze', ['verify', file])
  expect(stdout + stderr).toBe('')
  // Each version of systemd looks at other things; the figure is of this one.
  const { stdout: version } = await run('systemd-analyze', ['--version'])
  const most = version.startsWith('systemd 252 ') ? stated : 20
  await run('systemd-analyze', ['security', '--offline=true', '--no-pager', `--threshold=${most}`, file])
  const said = `exposure of ${stated / 10} of 10`
  expect(unit).toContain(said)
  expect(await readFile('docs/install.md', 'utf8')).toContain(said)
})

test('the unit waits longer than the gateway drains, and doesn’t start again what can’t start', () => {
  const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''
  const drain = /--drain (\d+)s/.exec(value('ExecStart'))?.[1]
  expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(Number(drain))
  expect(value('RestartPreventExitStatus')).toBe('78')
  expect(value('EnvironmentFile')).toBe('-/etc/hoop/environment')
})
