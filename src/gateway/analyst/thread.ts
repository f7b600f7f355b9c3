import { parentPort, workerData } from 'node:worker_threads'
import { type Basis, TextReader } from '../../policy/texts/text-facts.js'
import { catalogFrom, readingFrom, type ReadingPage } from '../../sql/catalog/read/transfer.js'
import type { Reading } from '../../sql/catalog/read/reading.js'
import type { StatementFacts } from '../../sql/facts.js'
import { initParser } from '../../sql/parser.js'
import type { FromThread, ThreadData, ToThread } from './messages.js'

/** Statements whose facts are handed over at a time. */
const PAGE = 50

const port = parentPort!
const abandoned = new Int32Array((workerData as ThreadData).abandoned)
const pages = new Map<number, ReadingPage[]>()
const readings = new Map<number, Reading>()
const readers = new Map<number, TextReader>()
const text: string[] = []
let more = (): void => undefined

const say = (answer: FromThread, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(answer, [...transfer])

/** @throws {Error} where the reading was never sent */
const basisOf = ({ catalog, options }: Extract<ToThread, { kind: 'basis' }>): Basis => {
  const reading = catalog && readings.get(catalog.reading)
  if (catalog && !reading) throw new Error('a catalog of which nothing was read')
  return { catalog: catalog && reading && catalogFrom(reading, catalog.data), options }
}

/** The facts, unless nobody waits for them any more. */
const read = async (reader: TextReader, text: string): Promise<void> => {
  const steps = reader.reading(text)
  let step = steps.next()
  for (; !step.done; step = steps.next()) if (Atomics.load(abandoned, 0) !== 0) return say({ kind: 'abandoned' })
  const { statements, spans, ...rest } = step.value
  const numbers = new Map<StatementFacts, number>()
  for (const each of statements) if (!numbers.has(each)) numbers.set(each, numbers.size)
  const different = [...numbers.keys()]
  for (let at = 0; at < different.length; at += PAGE) {
    if (Atomics.load(abandoned, 0) !== 0) return say({ kind: 'abandoned' })
    const taken = new Promise<void>((resolve) => (more = resolve))
    say({ kind: 'facts', facts: different.slice(at, at + PAGE) })
    await taken
  }
  const order = Uint32Array.from(statements, (each) => numbers.get(each)!)
  const places = spans && Uint32Array.from(spans)
  say({ kind: 'read', order, spans: places, rest }, [order.buffer, ...(places ? [places.buffer] : [])])
}

const take = async (message: ToThread): Promise<void> => {
  switch (message.kind) {
    case 'page': {
      const known = pages.get(message.reading) ?? []
      known.push(message.page)
      pages.set(message.reading, known)
      return
    }
    case 'reading':
      readings.set(message.reading, readingFrom(message.head, pages.get(message.reading) ?? []))
      pages.delete(message.reading)
      return
    case 'basis':
      readers.set(message.basis, new TextReader(basisOf(message)))
      return say({ kind: 'ready' })
    case 'drop':
      for (const each of message.bases) readers.delete(each)
      for (const each of message.readings) readings.delete(each)
      return
    case 'part':
      text.push(message.text)
      return
    case 'text': {
      // Taken out first: parts of a text that nobody reads must not stand in front of the next.
      const whole = text.splice(0).join('')
      const reader = readers.get(message.basis)
      if (!reader) throw new Error('a text by what nobody has sent')
      return read(reader, whole)
    }
    case 'more':
      return more()
  }
}

port.on('message', (message: ToThread) => {
  take(message).catch((error: unknown) => say({ kind: 'failed', why: error instanceof Error ? error.message : '' }))
})
await initParser()
say({ kind: 'ready' })
