/**
 * What was sent since the last Sync: messages that keep a transaction open, with its locks, and whose replies the server
 * may keep back.
 */
export class Pipeline {
  /** Counts pipelines, so that what was asked for in this one is told from what was before. */
  number = 0
  holds: 'nothing' | 'prepared' | 'bound' = 'nothing'

  opens(what: 'prepared' | 'bound'): void {
    if (this.holds !== 'bound') this.holds = what
  }

  /** By a Sync, or by a simple query, which ends the transaction as well. */
  ended(): void {
    this.number++
    this.holds = 'nothing'
  }
}
