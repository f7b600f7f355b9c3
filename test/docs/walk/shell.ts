import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's. */
export const ownHoop = [process.execPath, fileURLToPath(new URL('../../../bin/run.js', import.meta.url))]

/** Somebody at a terminal, with a home of their own. */
export interface Typist {
  /** HOME, and where they are. */
  readonly home: string
  /** What comes before /usr/bin in their PATH. */
  readonly path: readonly string[]
  /** Another user of this machine. */
  readonly uid?: number | undefined
}

export interface Typed {
  readonly status: number | null
  readonly out: string
}

/** Lines of a shell that run. */
export interface Typing {
  readonly process: ChildProcess
  readonly ended: Promise<Typed>
  readonly out: () => string
  /** Waits for a text. @throws {Error} with all output where they end without it */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Ends all that they have started. */
  end(signal?: NodeJS.Signals): Promise<Typed>
}

/** An executable file with lines of a shell. */
export const program = async (path: string, ...words: readonly string[]): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`)
  await chmod(path, 0o755)
}

export const homeOf = async (home: string, path: readonly string[], uid?: number): Promise<Typist> => {
  await mkdir(home, { recursive: true })
  if (uid !== undefined) await chown(home, uid, uid)
  return { home, path, uid }
}

/** Has lines run as they stand, in a group of processes of their own; the first that fails ends them. */
export const typing = (who: Typist, lines: string, input = ''): Typing => {
  const child = spawn('/bin/sh', ['-euc', lines], {
    cwd: who.home,
    detached: true,
    ...(who.uid === undefined ? {} : { uid: who.uid, gid: who.uid }),
    env: {
      PATH: [...who.path, '/usr/bin', '/bin'].join(':'),
      HOME: who.home,
      HOOP_KEYRING: 'file',
      LANG: 'C.UTF-8',
    },
    stdio: 'pipe',
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (out += part))
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, out }))
  return {
    process: child,
    ended,
    out: () => out,
    until: async (pattern) => {
      let over = false
      void ended.then(() => (over = true))
      for (;;) {
        const found = pattern.exec(out)
        if (found) return found
        if (over) throw new Error(`ended without ${pattern}:\n${lines}\n---\n${out}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    end: async (signal = 'SIGTERM') => {
      try {
        process.kill(-child.pid!, signal)
      } catch {
        // It has ended by itself.
      }
      return ended
    },
  }
}

/** @throws {Error} with all output, where they end with another status than 0 */
export const type = async (who: Typist, lines: string, input?: string): Promise<string> => {
  const { status, out } = await typing(who, lines, input).ended
  if (status !== 0) throw new Error(`ended with ${status}:\n${lines}\n---\n${out}`)
  return out
}
