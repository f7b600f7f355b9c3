import type { Writable } from 'node:stream'
import type { Committed } from './journal.js'

/** Writes everything in one go. @returns false where the reader is slow and the caller should wait for `drain` */
export const write = (to: Writable, buffers: readonly Buffer[]): boolean => {
  if (buffers.length === 0) return true
  if (buffers.length === 1) return to.write(buffers[0]!)
  to.cork()
  let room = true
  for (const buffer of buffers) room = to.write(buffer)
  to.uncork()
  return room
}

/** The one way upstream. @returns as `write` does */
export const send = (upstream: Writable, { buffers }: Committed): boolean => write(upstream, buffers)
