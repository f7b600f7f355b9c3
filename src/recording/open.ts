import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HoopError } from '../lib/errors.js'
import { encodeHeader, sha256 } from './format/envelope.js'
import type { StartEvent } from './events.js'
import { makeFolder, markClosed, markOpen, syncFolder, syncMarks } from './open-index.js'
import { recordingPath } from './paths.js'
import { FileRecorder, type RecordingTimes } from './recorder.js'

/**
 * Starts a recording: the file is on disk, with its first event, when this resolves. Where it can't be, nothing of it is
 * left.
 * @param folder of all recordings, which must be there; folders in it are made with mode 0700, files with 0600
 * @param times told how long its writes take
 * @throws {HoopError} RECORDING_FAILED, also where a recording of this session exists; NOT_FOUND where the session's id
 * can't be one
 */
export async function openRecording(folder: string, start: StartEvent, times?: RecordingTimes): Promise<FileRecorder> {
  const path = recordingPath(folder, start.session, start.time)
  try {
    await using undo = new AsyncDisposableStack()
    await markOpen(folder, path)
    undo.defer(() => markClosed(folder, path))
    const isNewDay = await makeFolder(dirname(path))
    const file = await open(path, 'wx+', 0o600)
    undo.defer(async () => {
      await file.close().catch(() => undefined)
      await rm(path, { force: true }).catch(() => undefined)
    })
    const header = encodeHeader({ version: 1, session: start.session, created: start.time })
    await file.write(header)
    const position = { size: header.length, sequence: 0, head: sha256(header) }
    const whole = (): Promise<void> => markClosed(folder, path)
    const recorder = new FileRecorder(start.session, file, position, { path, times, whole })
    recorder.record(start)
    recorder.commit()
    const folders = [syncMarks(folder), syncFolder(dirname(path)), ...(isNewDay ? [syncFolder(folder)] : [])]
    await Promise.all([file.datasync(), ...folders])
    undo.move()
    return recorder
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw cause instanceof HoopError ? cause : new HoopError('RECORDING_FAILED', code ?? String(cause), { cause })
  }
}
