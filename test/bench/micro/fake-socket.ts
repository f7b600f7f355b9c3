import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'

/** As much of a socket as a relay calls, without anything behind it: what is written is counted and gone. */
export class FakeSocket extends EventEmitter {
  written = 0
  readonly destroyed = false
  readonly writable = true
  readonly writableNeedDrain = false

  write(bytes: Buffer): boolean {
    this.written += bytes.length
    return true
  }

  receive(bytes: Buffer): void {
    this.emit('data', bytes)
  }

  isPaused(): boolean {
    return false
  }

  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}

  get asSocket(): Socket {
    return this as unknown as Socket
  }
}
