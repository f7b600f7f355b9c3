/** Parts of a wait. Between two of them the event loop reads and writes what it can. */
const PARTS = 5

/**
 * Waits, as setTimeout does, for somebody who has something to do, but leaves out of account what the event loop was too
 * busy to notice: where hundreds of sessions end together, a plain timer would run out before their sockets had a turn.
 * @param milliseconds on an event loop that keeps up; longer on one that doesn't
 */
export const patiently = (milliseconds: number, then: () => void): void => {
  let left = PARTS
  const part = (): void => {
    left -= 1
    if (left < 0) then()
    else setTimeout(part, milliseconds / PARTS).unref()
  }
  part()
}
