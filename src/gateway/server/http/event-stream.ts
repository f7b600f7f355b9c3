import { Readable } from 'node:stream'
import type { FastifyBaseLogger } from 'fastify'
import { asHoopError } from '../../../lib/errors.js'
import { forClients } from '../../../lib/readers.js'
import { apiError } from './errors.js'

/** Milliseconds without a byte taken after which a reader is given up. */
export const stallsAfter = 60_000

/** Lines are joined up to about this many characters, so that a recording of small events isn't sent in small packets. */
const portion = 64 * 1024

async function* lines(
  first: IteratorResult<object, unknown>,
  rest: AsyncIterator<object>,
  log: FastifyBaseLogger,
): AsyncGenerator<string> {
  let waiting = ''
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      waiting += `${JSON.stringify(next.value)}\n`
      if (waiting.length < portion) continue
      yield waiting
      waiting = ''
    }
  } catch (error) {
    // The status has gone out with the first line, so what went wrong comes as the last one.
    log.error({ err: error }, 'recording cannot be read to its end')
    waiting += `${JSON.stringify({ type: 'error', ...apiError(forClients(asHoopError(error))) })}\n`
  } finally {
    await rest.return?.()
  }
  if (waiting) yield waiting
}

/**
 * Events as newline-delimited JSON, read no faster than they are taken. Damage ends it with a line of type `error`.
 * @throws whatever keeps the first event from being read: then a status can still say so
 */
export const eventStream = async (events: AsyncIterable<object>, log: FastifyBaseLogger): Promise<Readable> => {
  const iterator = events[Symbol.asyncIterator]()
  return Readable.from(lines(await iterator.next(), iterator, log), { objectMode: false })
}
