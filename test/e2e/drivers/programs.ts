import { spawn, spawnSync } from 'node:child_process'

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program against a port of loopback, as a user would: by PG… variables. */
export const run = (
  command: string,
  args: readonly string[],
  port: number,
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: {
        ...process.env,
        PGHOST: '127.0.0.1',
        PGPORT: String(port),
        PGUSER: 'me',
        PGCONNECT_TIMEOUT: '10',
        PSQLRC: '/dev/null',
        PAGER: 'cat',
        LC_ALL: 'C.UTF-8',
        ...env,
      },
    })
    child.stdout.setEncoding('utf8')
    child.stderr.setEncoding('utf8')
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: string) => (stdout += chunk))
    child.stderr.on('data', (chunk: string) => (stderr += chunk))
    child.on('error', reject).on('close', (status) => resolve({ status, stdout, stderr }))
    child.stdin.end(input)
  })

/** Whether a command can be run here; tests of clients that aren't installed say so and are skipped. */
export const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0
