import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'

/** What this machine can't do, in words for whoever asked; no defect of ours. */
export class NotHere extends Error {}

/**
 * Runs a program to its end, with all that it prints in a file.
 * @throws {Error} with the file's last lines, where its status isn't 0
 */
export const run = async (log: string, cwd: string, command: string, ...args: string[]): Promise<void> => {
  await using file = await open(log, 'a')
  const child = spawn(command, args, { cwd, stdio: ['ignore', file.fd, file.fd] })
  const [status] = (await once(child, 'close')) as [number | null]
  if (status === 0) return
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-15)
  throw new Error(`${command} ${args.join(' ')} failed (all it printed: ${log})\n${lines.join('\n')}`)
}

/** What a program prints, or undefined where it fails or isn't there. */
export const output = async (command: string, ...args: string[]): Promise<string | undefined> => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const status = await Promise.race([
    once(child, 'close').then(([code]: unknown[]) => code),
    once(child, 'error').then(() => 'absent'),
  ]).catch(() => 'absent')
  return status === 0 ? text : undefined
}
