import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
/** script(1) of util-linux gives a program a terminal. */
const script = 'script'

/** Whether there is a program here that gives others a terminal. */
export const hasTerminal =
  process.platform === 'linux' &&
  (await promisify(execFile)(script, ['--version']).then(
    () => true,
    () => false,
  ))
if (!hasTerminal) console.warn('script(1) is not installed: what is drawn on terminals is not tested')

export interface OnTerminal {
  /** All that was written to the terminal. */
  readonly text: () => string
  readonly press: (keys: string) => void
  readonly ended: Promise<number>
}

/** `hoop …` on a terminal of 80 columns; `args` as a shell takes them. */
export const onTerminal = (args: string, env: Readonly<Record<string, string>>): OnTerminal => {
  const command = `stty cols 80 rows 24; exec "${process.execPath}" "${run}" ${args}`
  const child = spawn(script, ['-qefc', command, '/dev/null'], {
    env: { ...process.env, HOOP_KEYRING: 'file', TERM: 'xterm', CI: 'false', ...env },
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  return {
    text: () => text,
    press: (keys) => void child.stdin.write(keys),
    ended: once(child, 'close').then(([status]) => status as number),
  }
}
