import { Detected } from '../../../src/masking/detectors/detected.js'
import { builtinDetector, detectorNames, patternDetector } from '../../../src/masking/detectors/detector.js'
import type { Detection } from '../../../src/masking/detectors/finding.js'
import { valueScan } from '../../../src/masking/detectors/scan.js'
import type { Row } from '../report.js'
import { microRow, microseconds, type Timing } from './timing.js'

const key = Buffer.alloc(32, 7)
const builtin: readonly Detection[] = detectorNames.map((name) => ({ detector: builtinDetector(name), with: 'redact' }))
const own: Detection = { detector: patternDetector('employee', 'EMP-\\d{6}'), with: 'redact' }

/** Prose with a few numbers in it, as in notes and chunks of documents. */
const prose = 'On 2026-11-25, 14 of 200 patients had 3.5 mg/l or more (see table 2); others were sent home. '.repeat(22)

const cells: readonly (readonly [what: string, text: string, detections: readonly Detection[]])[] = [
  ['a word', 'Ada Lovelace', builtin],
  ['2 KB of prose', prose.slice(0, 2048), builtin],
  ['2 KB of prose, a pattern too', prose.slice(0, 2048), [...builtin, own]],
  ['2 KB of prose with an address', `${prose.slice(0, 1000)} ada@example.com ${prose.slice(0, 1000)}`, builtin],
  [
    'an embedding of 768 numbers',
    JSON.stringify(Array.from({ length: 768 }, (_, i) => Math.fround(Math.sin(i)).toPrecision(8)).map(Number)),
    builtin,
  ],
]

/** One value looked through by all detectors. */
export const detecting = (timing: Timing): readonly Row[] =>
  cells.map(([what, text, detections]) => {
    const type = { oid: 25, modifier: -1, kind: 'text' as const }
    const scan = valueScan({ detections, type, added: new Map() }, 0, key, new Detected(), 0)
    const bytes = Buffer.from(text)
    return microRow(
      `detecting: ${what}`,
      microseconds(() => scan.look(bytes, 0, bytes.length), timing),
      bytes.length,
    )
  })
