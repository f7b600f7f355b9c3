import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
/** A server of its own, so that nobody's sessions are touched. */
const socket = `hoop-pictures-${process.pid}`

const tmux = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('tmux', ['-L', socket, '-f', '/dev/null', ...args])).stdout

export interface Pane extends AsyncDisposable {
  /** What stands on the terminal, with its colors (SGR). */
  screen(): Promise<string>
  press(...keys: readonly string[]): Promise<void>
}

/** `hoop …` in a real terminal, with the prompt that somebody would have seen; `line` as a shell takes it. */
export const openPane = async (
  line: string,
  columns: number,
  rows: number,
  env: Readonly<Record<string, string>>,
): Promise<Pane> => {
  const variables = Object.entries({ HOOP_KEYRING: 'file', ...env }).map(([name, value]) => `${name}='${value}'`)
  const hoop = `env ${variables.join(' ')} "${process.execPath}" "${run}" ${line}`
  const command = `printf '\\033[32m$\\033[0m hoop %s\\n' '${line.replaceAll("'", `'\\''`)}'; ${hoop}; sleep 600`
  await tmux('new-session', '-d', '-s', 'picture', '-x', String(columns), '-y', String(rows), command)
  return {
    screen: () => tmux('capture-pane', '-e', '-p', '-t', 'picture'),
    press: async (...keys) => void (await tmux('send-keys', '-t', 'picture', ...keys)),
    [Symbol.asyncDispose]: async () => void (await tmux('kill-server').catch(() => undefined)),
  }
}
