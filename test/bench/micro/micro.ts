import { tempFolder } from '../../helpers/temp.js'
import type { Options } from '../options.js'
import type { Row } from '../report.js'
import { recording } from './recording.js'
import { cutting } from './wire.js'

/** Parts of the data path by themselves, in this process: no database, no sockets. */
export const micro = async ({ quick }: Options): Promise<readonly Row[]> => {
  await using folder = await tempFolder('hoop-bench-')
  return [...cutting({ quick }), ...(await recording(folder.path, { quick }))]
}
