import { momentOf } from '../../lib/when.js'
import { loadFor } from '../explain/explainer.js'
import { pathIn } from '../../gateway/host/layout.js'

/** Which recordings are meant, as somebody writes it. */
export interface Wanted {
  readonly config: string
  readonly since: string
  readonly connection?: string | undefined
  readonly person?: string | undefined
}

/**
 * Opens the configuration, and says where its recordings lie and which sessions are meant.
 * @throws {HoopError} CONFIG_INVALID, USAGE
 */
export const openRecorded = async ({ config, since, connection, person }: Wanted) => {
  const loaded = await loadFor(config, ...(connection === undefined ? [] : [connection]))
  return {
    loaded,
    recordings: pathIn(loaded.config.gateway.recordings),
    wanted: {
      since: momentOf(since),
      ...(connection !== undefined && { connection }),
      ...(person !== undefined && { person }),
    },
  }
}
