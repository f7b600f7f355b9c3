/** A message of the client at hand. */
export interface Message {
  readonly tag: number
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
}
