import type { Logger } from 'pino'
import { asHoopError } from '../../../../lib/errors.js'
import { canonical } from '../../../../policy/config/canonical.js'
import { type LoadedConfig, loadConfig } from '../../../../policy/config/load.js'
import type { Secrets } from '../../../../policy/config/secrets/secrets.js'

export interface ConfigurationOptions {
  readonly path: string
  readonly log: Logger
  readonly env?: NodeJS.ProcessEnv
  /** What is remembered of secrets, beyond this or that configuration. */
  readonly secrets: Secrets
  /** Builds what depends on it; where that throws, the old configuration stays in force. */
  readonly adopt: (loaded: LoadedConfig) => Promise<void>
  /** Told of each reload whether it was taken up. */
  readonly reloaded?: (takenUp: boolean) => void
  /** Told of what is in force after a reload. Never throws. */
  readonly inForce?: (loaded: LoadedConfig) => Promise<void>
}

/** The configuration that is in force, and its replacement without a restart. */
export interface Configuration {
  readonly current: LoadedConfig
  /** Never throws: a file with mistakes leaves what is in force, and each mistake is logged. */
  reload(): Promise<void>
}

const warn = (log: Logger, { warnings }: LoadedConfig): void => {
  for (const warning of warnings) log.warn(warning)
}

/** A message of several lines, `file:line:column: what`, as one entry each. */
const problems = (message: string): string[] => message.split('\n').filter((line) => line.trim() !== '')

/**
 * Loads the configuration.
 * @throws {HoopError} CONFIG_MISSING, CONFIG_INVALID, SECRET_MISSING: a gateway doesn't start on mistakes
 */
export const openConfiguration = async (options: ConfigurationOptions): Promise<Configuration> => {
  const { path, log, env, secrets, adopt, reloaded, inForce } = options
  let current = await loadConfig(path, env, secrets)
  warn(log, current)
  await adopt(current)
  let last: Promise<void> = Promise.resolve()

  const replace = async (): Promise<void> => {
    try {
      // Whoever asks for a reload may have changed a secret and not the file.
      secrets.doubt()
      const loaded = await loadConfig(path, env, secrets)
      if (canonical(loaded.config.gateway) !== canonical(current.config.gateway))
        log.warn('the gateway: section has changed; that takes a restart')
      await adopt(loaded)
      const same = loaded.hash === current.hash
      current = loaded
      warn(log, loaded)
      reloaded?.(true)
      await inForce?.(loaded)
      // Even an unchanged file is adopted: the certificates that it names may have changed.
      if (same) log.info('configuration read again, without changes')
      else log.info({ hash: loaded.hash }, 'new configuration in force for sessions that begin from now on')
    } catch (error) {
      reloaded?.(false)
      const failure = asHoopError(error)
      for (const problem of problems(failure.message)) log.error({ code: failure.code }, problem)
      log.error('the configuration that was in force stays in force')
    }
  }

  return {
    get current() {
      return current
    },
    reload: () => (last = last.then(replace)),
  }
}
