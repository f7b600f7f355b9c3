import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asHoopError, type HoopError } from '../../lib/errors.js'
import type { RefusalEvent, StartEvent, StatementEvent } from '../../recording/events.js'
import { extension } from '../../recording/paths.js'
import { readRecording } from '../../recording/reader.js'

export interface RecordedChoice {
  /** ISO 8601: sessions that began then or later. */
  readonly since: string
  readonly connection?: string
  /** Subject or name. */
  readonly person?: string
}

/** One statement as it was sent, and what was done with it. */
export interface RecordedStatement {
  readonly start: StartEvent
  readonly event: StatementEvent | RefusalEvent
}

/** A recording that can't be read to its end. */
export interface Unreadable {
  readonly path: string
  readonly error: HoopError
}

const wanted = (start: StartEvent, { since, connection, person }: RecordedChoice): boolean =>
  start.time >= since &&
  (connection === undefined || start.connection === connection) &&
  (person === undefined || [start.subject, start.name].includes(person))

const folders = async (root: string, since: string): Promise<string[]> => {
  try {
    const names = (await readdir(root)).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name) && name >= since.slice(0, 10))
    return names.sort().map((name) => join(root, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw asHoopError(error, 'RECORDING_FAILED')
  }
}

async function* statementsOf(path: string, choice: RecordedChoice): AsyncGenerator<RecordedStatement | Unreadable> {
  try {
    let start: StartEvent | undefined
    for await (const event of readRecording(path)) {
      if (event.type === 'start') {
        if (!wanted(event, choice)) return
        start = event
      } else if (start && (event.type === 'statement' || event.type === 'refusal')) yield { start, event }
    }
  } catch (error) {
    yield { path, error: asHoopError(error, 'RECORDING_FAILED') }
  }
}

/** The statements of a folder of recordings, session by session, those of live sessions as far as they are written. */
export async function* recordedStatements(
  root: string,
  choice: RecordedChoice,
): AsyncGenerator<RecordedStatement | Unreadable> {
  for (const folder of await folders(root, choice.since))
    for (const name of (await readdir(folder)).sort())
      if (name.endsWith(extension)) yield* statementsOf(join(folder, name), choice)
}
