import type { EndEvent, SessionEvent, SessionRecorder } from '../../recording/events.js'

/** Is told what a recording takes. Nothing that it does may throw or wait. */
export interface Follower {
  took(event: SessionEvent): void
  /** A commit failed: what was taken since may not be in the recording. */
  failed(): void
  ended(): void
}

/** A recorder whose events go to the index of statements as well, once the recording has them. */
export class IndexedRecorder implements SessionRecorder {
  readonly id: string
  readonly origin: number
  readonly #recorder: SessionRecorder
  readonly #follower: Follower

  constructor(recorder: SessionRecorder, follower: Follower) {
    this.id = recorder.id
    this.origin = recorder.origin
    this.#recorder = recorder
    this.#follower = follower
  }

  record(event: SessionEvent): void {
    this.#recorder.record(event)
    this.#follower.took(event)
  }

  commit(): void {
    try {
      this.#recorder.commit()
    } catch (error) {
      this.#follower.failed()
      throw error
    }
  }

  close(end: Omit<EndEvent, 'type' | 'at' | 'time'>): unknown {
    const problem = this.#recorder.close(end)
    if (problem !== undefined) this.#follower.failed()
    this.#follower.ended()
    return problem
  }
}
