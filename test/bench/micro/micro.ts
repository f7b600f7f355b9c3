import { openRecording } from '../../../src/recording/open.js'
import { tempFolder } from '../../helpers/temp.js'
import type { Options } from '../options.js'
import type { Row } from '../report.js'
import { deciding, ruleGuard } from './deciding.js'
import { detecting } from './detecting.js'
import { firstSight } from './first-sight.js'
import { masking } from './masking.js'
import { recording, start } from './recording.js'
import { relaying } from './relay.js'
import { cutting } from './wire.js'

/** Parts of the data path by themselves, in this process: no sockets, and a database only to read a catalog from. */
export const micro = async (root: string, options: Options): Promise<readonly Row[]> => {
  await using folder = await tempFolder('hoop-bench-')
  const recorder = await openRecording(folder.path, start)
  const guard = await ruleGuard()
  try {
    return [
      ...cutting(options),
      ...deciding(guard, options),
      ...(await firstSight(root, options)),
      ...masking(options),
      ...detecting(options),
      ...recording(recorder, options),
      ...relaying(recorder, guard, options),
    ]
  } finally {
    recorder.close({ end: 'closed', counters: {} })
    await recorder.released
  }
}
