import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { takeSignals } from '../interrupt.js'
import { write } from '../write.js'

/**
 * Writes a text; where it has more lines than the terminal, through the program that `$PAGER` names. A pager that can't be
 * started, or none: it is written as it is.
 */
export async function page(text: string, pager: string | undefined, interactive: boolean): Promise<void> {
  const lines = text.split('\n').length
  if (!pager || !interactive || lines < process.stdout.rows) return write(process.stdout, text + '\n')
  const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] })
  // Whoever leaves before the end has read enough; Ctrl-C is the pager's own.
  child.stdin.on('error', () => undefined)
  takeSignals(() => undefined)
  child.stdin.end(text + '\n')
  const [status] = (await once(child, 'close')) as [number | null]
  // As the shell says where there is no such program.
  if (status === 126 || status === 127) await write(process.stdout, text + '\n')
}
