import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readRecording } from '../../../src/recording/reader.js'
import { everybody, type Fault } from '../fault.js'
import { makeReadOnly, makeWritable } from '../read-only.js'
import type { World } from '../world.js'

const failed = 'FATAL 58030 RECORDING_FAILED'

const recordingOfWriter = async ({ recordings, sessions }: World): Promise<string> => {
  for (const name of await readdir(recordings, { recursive: true })) {
    if (!name.endsWith('.hooprec')) continue
    for await (const event of readRecording(join(recordings, name)))
      if (event.type === 'start' && event.server.pid === sessions.writer.pid && event.connection === 'vectordb')
        return join(recordings, name)
  }
  throw new Error('the writer has no recording')
}

export const ofRecordings: readonly Fault[] = [
  {
    name: 'disk of the recordings full',
    kind: 'recordings',
    needs: 'mounts',
    disk: 'recordings',
    hurt: { writer: failed, loader: failed, asker: failed, agent: failed, elsewhere: failed },
    newcomer: failed,
    inject: async ({ disk }) => disk?.fill(),
    mend: async ({ disk }) => disk?.makeRoom(),
  },
  {
    name: 'recordings read-only',
    kind: 'recordings',
    needs: 'mounts',
    hurt: {},
    newcomer: failed,
    inject: ({ recordings }) => makeReadOnly(recordings),
    mend: ({ recordings }) => makeWritable(recordings),
  },
  {
    name: 'a recording deleted under its session',
    kind: 'recordings',
    short: true,
    hurt: { writer: failed },
    newcomer: 'let in',
    inject: async (world) => {
      await world.keep()
      await rm(await recordingOfWriter(world))
    },
  },
  {
    name: 'folder of the recordings deleted',
    kind: 'recordings',
    hurt: everybody(failed),
    exit: 74,
    inject: async (world) => {
      await world.keep()
      await rm(world.recordings, { recursive: true })
    },
  },
]
