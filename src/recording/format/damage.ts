import { HoopError } from '../../lib/errors.js'

/** RECORDING_DAMAGED, with the position. */
export class RecordingDamage extends HoopError {
  /** Where in the file what can't be believed begins, bytes. */
  readonly offset: number

  constructor(offset: number, why: string, cause?: unknown) {
    super('RECORDING_DAMAGED', `${why} (at byte ${offset})`, { cause })
    this.offset = offset
  }
}
