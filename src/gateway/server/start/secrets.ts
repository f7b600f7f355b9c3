import type { Logger } from 'pino'
import type { Configuration } from './configuration/configuration.js'
import { Secrets } from '../../../policy/config/secrets/secrets.js'

/**
 * The secrets of a running gateway: what goes wrong with them stands in its log, with a command's own words.
 * @param folder of `hoop.yaml`
 */
export const rememberedSecrets = (folder: string, env: NodeJS.ProcessEnv | undefined, log: Logger): Secrets =>
  new Secrets({
    env,
    folder,
    told: ({ place, failure, kept }) => {
      if (!failure) return log.info({ secret: place }, 'a secret can be read again')
      const { about: why, stderr } = failure
      const what = { secret: place, why, ...(stderr !== undefined && { stderr }) }
      if (kept) log.warn(what, 'a secret can not be read anew; the last good value is used until its lifetime is over')
      else log.error(what, 'a secret can not be read')
    },
  })

/** What the directory sends; undefined where the configuration has no SCIM. @throws {HoopError} SECRET_MISSING */
export const scimSecret = async ({ current }: Configuration): Promise<string | undefined> =>
  current.config.identity.scim && (await current.secret(current.config.identity.scim.token).read())
