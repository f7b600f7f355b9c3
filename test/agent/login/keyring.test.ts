import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'

const run = promisify(execFile)
const installed = async (...programs: string[]): Promise<boolean> =>
  Promise.all(programs.map((program) => run('sh', ['-c', `command -v ${program}`]))).then(
    () => true,
    () => false,
  )
const linux = process.platform === 'linux'
const secretService = linux && (await installed('dbus-run-session', 'gnome-keyring-daemon'))
if (!secretService)
  console.warn('dbus-run-session and gnome-keyring-daemon are not installed: the keyring is not tested')

const vaults = fileURLToPath(new URL('vault-process.ts', import.meta.url))

interface Report {
  readonly writes: string
  readonly warnings: number
  readonly found: string | null
  readonly foundIn: string | null
  readonly left: string | null
}

/** Runs vault-process.ts, which writes, reads and deletes a login, within a session of its own. */
const inSession = async (folder: TempFolder, prelude: string, env: Record<string, string> = {}): Promise<Report> => {
  await mkdir(folder.file('data'), { recursive: true })
  const { stdout } = await run(
    'dbus-run-session',
    ['--', 'sh', '-c', `${prelude} exec "$0" "$@"`, process.execPath, vaults],
    {
      env: {
        ...process.env,
        XDG_DATA_HOME: folder.file('data'),
        XDG_RUNTIME_DIR: folder.path,
        HOOP_HOME: folder.file('home'),
        HOOP_KEYRING: 'auto',
        ...env,
      },
    },
  )
  return JSON.parse(stdout) as Report
}

const unlocked = 'printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;'

test.skipIf(!secretService)(
  'an unlocked keyring keeps the login, and no file does',
  async () => {
    await using folder = await tempFolder()
    const report = await inSession(folder, unlocked)
    expect(report).toEqual({ writes: 'keyring', warnings: 0, found: 'secret', foundIn: 'keyring', left: null })
  },
  60_000,
)

test.skipIf(!secretService)(
  'without a keyring a file does, with one warning',
  async () => {
    await using folder = await tempFolder()
    const report = await inSession(folder, '')
    expect(report).toEqual({ writes: 'file', warnings: 1, found: 'secret', foundIn: 'file', left: null })
  },
  60_000,
)

test.skipIf(!secretService)(
  'HOOP_KEYRING=system refuses to fall back',
  async () => {
    await using folder = await tempFolder()
    expect((await inSession(folder, '', { HOOP_KEYRING: 'system' })).writes).toBe('KEYRING_UNAVAILABLE')
  },
  60_000,
)

test.skipIf(!secretService)(
  'HOOP_KEYRING=file leaves the keyring alone, and warns of nothing',
  async () => {
    await using folder = await tempFolder()
    const report = await inSession(folder, unlocked, { HOOP_KEYRING: 'file' })
    expect(report).toMatchObject({ writes: 'file', warnings: 0, foundIn: 'file' })
  },
  60_000,
)

test.skipIf(!linux)(
  'without D-Bus at all a file does',
  async () => {
    await using folder = await tempFolder()
    const env = { PATH: process.env['PATH'], HOOP_HOME: folder.file('home'), HOME: folder.path, HOOP_KEYRING: 'auto' }
    const { stdout } = await run(process.execPath, [vaults], {
      env: { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/none' },
    })
    expect(JSON.parse(stdout)).toMatchObject({ writes: 'file', warnings: 1, foundIn: 'file' })
  },
  60_000,
)
