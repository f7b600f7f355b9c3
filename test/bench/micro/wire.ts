import { Cutter, MemoryBudget } from '../../../src/wire/cutter.js'
import type { Row } from '../report.js'
import { chunkOf, customer, dataRow } from './messages.js'
import { microRow, microseconds, type Timing } from './timing.js'

/** Walking the headers of what one read brings. */
export const cutting = (timing: Timing): readonly Row[] => {
  let frames = 0
  const cutter = new Cutter(
    { whole: () => false, frame: () => (frames += 1), piece: () => undefined },
    new MemoryBudget(1),
  )
  const chunk = chunkOf(dataRow(customer.values))
  const row = microRow(
    'wire: cut 64 KB of rows into messages',
    microseconds(() => cutter.feed(chunk), timing),
    chunk.length,
  )
  if (frames === 0) throw new Error('the cutter found no message')
  return [row]
}
