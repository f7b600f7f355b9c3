import { HoopError } from '../../lib/errors.js'
import { loadConfig } from './load.js'

export interface CheckedFile {
  /** `file:line:column: …`, allowed but probably not meant. */
  readonly warnings: readonly string[]
  /** Secrets that are named and not here, each with its line: they need only be where the gateway runs. */
  readonly secrets: readonly string[]
}

/**
 * Checks a configuration by itself.
 * @throws {HoopError} CONFIG_MISSING, CONFIG_INVALID
 */
export const checkFile = async (path: string): Promise<CheckedFile> => {
  try {
    const loaded = await loadConfig(path)
    return { warnings: loaded.warnings, secrets: await loaded.missing() }
  } catch (error) {
    // Secrets are looked at last: where only they are missing, the file itself is in order.
    if (!(error instanceof HoopError) || error.code !== 'SECRET_MISSING') throw error
    const [, ...lines] = error.message.split('\n')
    return { warnings: [], secrets: lines }
  }
}
