import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HoopError } from '../lib/errors.js'
import { encodeHeader, sha256 } from './format/envelope.js'
import type { StartEvent } from './events.js'
import { recordingPath } from './paths.js'
import { FileRecorder } from './recorder.js'

/**
 * Starts a recording: the file is on disk, with its first event, when this resolves.
 * @param folder of all recordings; made with mode 0700, files with 0600
 * @throws {HoopError} RECORDING_FAILED, also where a recording of this session exists
 */
export async function openRecording(folder: string, start: StartEvent): Promise<FileRecorder> {
  const path = recordingPath(folder, start.session, start.time)
  let file: FileHandle | undefined
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    file = await open(path, 'wx+', 0o600)
    const header = encodeHeader({ version: 1, session: start.session, created: start.time })
    await file.write(header)
    const recorder = new FileRecorder(start.session, file, { size: header.length, sequence: 0, head: sha256(header) })
    recorder.record(start)
    recorder.commit()
    await Promise.all([file.datasync(), syncFolder(dirname(path))])
    return recorder
  } catch (cause) {
    await file?.close()
    const code = (cause as NodeJS.ErrnoException).code
    throw cause instanceof HoopError ? cause : new HoopError('RECORDING_FAILED', code ?? String(cause), { cause })
  }
}

/** The file's name is durable only when its folder is (fsync(2), notes). */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
