/** A message of the client at hand. */
export interface Message {
  readonly tag: number
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
}

/** @param buffer one message of the frontend, whole */
export const messageOf = (buffer: Buffer): Message => ({ tag: buffer[0]!, buffer, start: 0, end: buffer.length })
