import { join } from 'node:path'
import { home, type Environment } from './environment.js'
import { writePrivate } from './private-file.js'

/** What shells may complete: nothing that one could take for more than a word. */
const word = /^[A-Za-z0-9._@:-]{1,128}$/

/**
 * Leaves names for a shell's completion, one a line, in place of those that were there. A folder that can't be written is no
 * reason for a command to fail.
 * @param kind as the completion scripts call the file
 */
export async function leaveNames(env: Environment, kind: string, names: readonly string[]): Promise<void> {
  const lines = [...new Set(names)].filter((name) => word.test(name))
  try {
    await writePrivate(join(home(env), 'completion', kind), lines.map((name) => `${name}\n`).join(''))
  } catch {
    // Completion is a convenience.
  }
}
