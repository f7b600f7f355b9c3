import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SessionEvent } from '../../../../src/recording/events.js'
import { readRecording } from '../../../../src/recording/reader.js'

/** What a gateway recorded, read from the files. */
export const createRecordingsView = (folder: string) => {
  const all = async (): Promise<SessionEvent[][]> => {
    const names = await readdir(folder, { recursive: true })
    const recordings: SessionEvent[][] = []
    for (const name of names.filter((one) => one.endsWith('.hooprec')).toSorted()) {
      const events: SessionEvent[] = []
      for await (const event of readRecording(join(folder, name))) events.push(event)
      recordings.push(events)
    }
    return recordings
  }
  return {
    all,
    /** The events of the one recording that there is. */
    only: async () => {
      const [first, ...rest] = await all()
      if (!first || rest.length > 0) throw new Error(`${rest.length + (first ? 1 : 0)} recordings`)
      return first
    },
    /** How each ended recording ended. */
    ends: async () =>
      (await all()).flatMap((events) => events.flatMap((event) => (event.type === 'end' ? [event.end] : []))),
  }
}
