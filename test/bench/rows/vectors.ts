import { drain } from '../parts/customers.js'
import { digits, skipped, type Row } from '../report.js'
import { takeTurns } from '../rounds.js'
import { isMissing, type Stage } from '../stage.js'
import { median } from '../statistics.js'
import { besideUnmasked } from './beside.js'

const statements = [
  ['SELECT, a vector column masked, text', 'SELECT * FROM embeddings'],
  ['COPY out, a vector column masked, text', 'COPY embeddings TO STDOUT'],
  ['COPY out, a vector column masked, binary', 'COPY embeddings_binary TO STDOUT (FORMAT binary)'],
] as const

/** Tables of 768-dimension embeddings, masked and not, both through hoop. */
export const vectors = async ({ hoop, options, signal }: Stage): Promise<readonly Row[]> => {
  const rows: Row[] = []
  for (const [what, sql] of statements) {
    if (isMissing(hoop)) {
      rows.push(skipped(what, '× unmasked', hoop.missing))
      continue
    }
    const contenders = [hoop.plain, hoop.masked]
    const samples = await takeTurns(contenders, options.quick ? 2 : 3, (each) => drain(each, sql, signal))
    const plain = samples[hoop.plain.name]!
    const speed = digits(median(plain.map(({ bytes, milliseconds }) => bytes / 1e3 / milliseconds)))
    rows.push(besideUnmasked(what, samples[hoop.masked.name]!, plain, `${speed} MB/s unmasked`))
  }
  return rows
}
