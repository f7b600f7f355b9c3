import { mkdir, open, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SessionEvent } from '../../src/recording/events.js'
import { encodeHeader, sha256 } from '../../src/recording/format/envelope.js'
import { StatementIndex } from '../../src/recording/format/statement-index.js'
import { finish } from '../../src/recording/recorder.js'
import { FrameWriter } from '../../src/recording/writer.js'

/** A file in good form that no gateway has written: each event in a frame of its own. */
export const forge = async (
  path: string,
  session: string,
  created: string,
  events: readonly SessionEvent[],
): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const header = encodeHeader({ version: 1, session, created })
  await writeFile(path, header)
  await using file = await open(path, 'r+')
  const writer = new FrameWriter(file.fd, { size: header.length, sequence: 0, head: sha256(header) })
  for (const event of events) writer.append('events', `${JSON.stringify(event)}\n`)
  finish(writer, new StatementIndex())
}
