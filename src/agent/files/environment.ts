import { homedir } from 'node:os'
import { join } from 'node:path'

/** Environment variables, handed in by the command: only the CLI reads the process's own. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder of profiles, remembered ports and, where there is no keyring, secrets: $HOOP_HOME, else `hoop` in
 * $XDG_CONFIG_HOME, else ~/.config/hoop.
 * @see XDG Base Directory Specification
 */
export function home(env: Environment): string {
  const { HOOP_HOME, XDG_CONFIG_HOME } = env
  return HOOP_HOME || join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'hoop')
}

/** Where sockets go: per user, emptied at logout where the system has such a place. */
export function runtime(env: Environment): string {
  const { XDG_RUNTIME_DIR } = env
  return XDG_RUNTIME_DIR ? join(XDG_RUNTIME_DIR, 'hoop') : join(home(env), 'run')
}
