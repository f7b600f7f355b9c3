/**
 * What both directions of a relay know of a statement that was stopped at a budget, while the server may yet be at it.
 * See docs/decisions/0007-cancel-at-a-budget.md.
 */
export class Overrun {
  /** The server has not ended what the statement was sent with: its Query, or the messages up to their Sync. */
  running = false
  /** The client has been told of an error, or will be: up to its Sync, the server is not to see what it sends. */
  dropping = false
  /** A CancelRequest may hit a statement behind the one that it was meant for. */
  stray = false

  /** @param open the client has not ended the pipeline that the statement is in by a Sync */
  begin(open: boolean): void {
    this.running = true
    this.dropping = open
  }
}
