import type { ReadStream } from 'node:tty'

/**
 * Hands over single keys until it is disposed. In raw mode Ctrl-C is a key like others: the receiver must see to it.
 */
export function keyboard(terminal: ReadStream, press: (key: string) => void): Disposable {
  const take = (data: Buffer): void => {
    // Arrows and the like come as one escape sequence; none of them means anything here.
    if (data[0] !== 0x1b) for (const key of data.toString()) press(key)
  }
  terminal.setRawMode(true).on('data', take).resume()
  return {
    [Symbol.dispose]: () => {
      terminal.setRawMode(false).off('data', take).pause()
    },
  }
}
