import { expect, test } from 'vitest'
import { readRecordingOn } from '../../src/recording/follow.js'
import { Growth } from '../../src/recording/growth.js'
import { openRecording } from '../../src/recording/open.js'
import { recordingPath } from '../../src/recording/paths.js'
import type { SessionEvent } from '../../src/recording/events.js'
import { tempFolder } from '../helpers/temp.js'
import { closed, result, start, statement } from './sample.js'

const read = async (path: string, position?: string) => {
  const events: SessionEvent[] = []
  const reading = readRecordingOn(path, position)
  for (let next = await reading.next(); ; next = await reading.next()) {
    if (next.done === true) return { events, ...next.value }
    events.push(next.value)
  }
}

const open = async (folder: string, session = start.session) => ({
  recorder: await openRecording(folder, { ...start, session }),
  path: recordingPath(folder, session, start.time),
})

test('each reading goes on where the one before stood, until the recording is closed', async () => {
  await using folder = await tempFolder()
  const { recorder, path } = await open(folder.path)
  const first = await read(path)
  expect(first).toMatchObject({ events: [start], closed: false })
  expect(await read(path, first.position)).toEqual({ ...first, events: [] })
  recorder.record(statement(1))
  recorder.commit()
  const second = await read(path, first.position)
  expect(second).toMatchObject({ events: [statement(1)], closed: false })
  recorder.record(result(1))
  recorder.close(closed)
  await recorder.released
  const last = await read(path, second.position)
  expect(last).toMatchObject({ events: [result(1), { type: 'end' }], closed: true })
  expect((await read(path)).events).toHaveLength(4)
})

test('a wait ends when something is written, when the recording is gone, or when nobody waits any more', async () => {
  await using folder = await tempFolder()
  const { recorder, path } = await open(folder.path)
  const { position } = await read(path)
  const growth = new Growth()
  const leaving = new AbortController()
  let over = false
  const waiting = growth.wait(path, position, 'ada', leaving.signal).then(() => (over = true))
  recorder.record(statement(1))
  expect(over).toBe(false)
  recorder.commit()
  await waiting
  await growth.wait(`${path}.gone`, position, 'ada', leaving.signal)
  const last = (await read(path)).position
  const many = Array.from({ length: 8 }, () => growth.wait(path, last, 'ada', leaving.signal))
  await expect(growth.wait(path, last, 'ada', leaving.signal)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  const another = growth.wait(path, last, 'ben', leaving.signal)
  leaving.abort()
  await Promise.all([...many, another])
  await growth.wait(path, last, 'ada', leaving.signal)
  recorder.close(closed)
  await recorder.released
})

test('a position that isn’t ours, or is of another recording, leads nowhere', async () => {
  await using folder = await tempFolder()
  const [one, other] = [await open(folder.path), await open(folder.path, 'ses_02')]
  for (const { recorder } of [one, other]) {
    recorder.record(statement(1))
    recorder.commit()
  }
  const { position } = await read(one.path)
  for (const bad of ['', 'x', '1.2', `1.2.${'g'.repeat(64)}`, '-1.0.00', `${position}0`])
    await expect(read(one.path, bad)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  const [size = '', frames = ''] = position.split('.')
  one.recorder.record(statement(2))
  one.recorder.commit()
  await expect(read(one.path, `${size}.${frames}.${'0'.repeat(64)}`)).rejects.toMatchObject({
    code: 'RECORDING_DAMAGED',
  })
  await expect(read(one.path, `${Number(size) - 1}.${frames}.${'0'.repeat(64)}`)).rejects.toMatchObject({
    code: 'RECORDING_DAMAGED',
  })
  other.recorder.record(statement(2))
  other.recorder.commit()
  await expect(read(other.path, position)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED' })
  for (const { recorder } of [one, other]) {
    recorder.close(closed)
    await recorder.released
  }
})
