import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { encodeHeader, sha256 } from '../../src/recording/format/envelope.js'
import { verifyRecording } from '../../src/recording/verify.js'
import { FrameWriter } from '../../src/recording/writer.js'
import { tempFolder } from '../helpers/temp.js'
import { closed, start, statement } from './sample.js'

const header = encodeHeader({ version: 1, session: start.session, created: start.time })
const end = { type: 'end', at: 9, time: start.time, ...closed }

/** A file whose frames are right, whatever they say. */
const write = async (path: string, events: readonly object[], index: object): Promise<void> => {
  await using file = await open(path, 'w')
  await file.write(header)
  const writer = new FrameWriter(file.fd, { size: header.length, sequence: 0, head: sha256(header) })
  for (const event of events) writer.append('events', JSON.stringify(event) + '\n')
  writer.finish(JSON.stringify({ statements: [], frames: events.length, bytes: writer.size, ...index }))
}

test.for([
  ['sound', [start, statement(1), end], {}, true],
  ['events behind the end', [start, end, statement(1)], {}, false],
  ['two ends', [start, end, end], {}, false],
  ['an index that counts other frames', [start, end], { frames: 3 }, false],
  ['an index that stands elsewhere', [start, end], { bytes: 1 }, false],
] as const)('%s', async ([, events, index, sound]) => {
  await using folder = await tempFolder()
  await write(folder.file('recording'), events, index)
  const verified = await verifyRecording(folder.file('recording')).catch((error: unknown) => error)
  expect(verified).toMatchObject(sound ? { closed: true, events: 3, end } : { code: 'RECORDING_DAMAGED' })
})
