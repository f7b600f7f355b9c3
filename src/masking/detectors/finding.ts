import { hmacSha256 } from '../hmac.js'
import type { Detector } from './detector.js'
import { placeIn, unescaped, type Reading } from './reading.js'
import type { Signals } from './signals.js'
import { Subject, type Span } from './subject.js'

/** What becomes of a finding. */
export type DetectSpec = 'redact' | 'null' | 'hash' | { readonly keep_first: number } | { readonly keep_last: number }

/** A detector, and what is done with what it finds. */
export interface Detection {
  readonly detector: Detector
  readonly with: DetectSpec
  /** Which entry of the policy's masks it comes from. */
  readonly entry?: number
}

/** A place in the text as it was written, and which of the detections is to thank. */
export interface Finding extends Span {
  readonly by: Detection
  /** What was found, with escapes undone. */
  readonly found: string
}

/** Escapes within escapes: a URL in a JSON text in a JSON text. */
const MAX_DEPTH = 3

const inReading = (reading: Reading, detections: readonly Detection[]): Finding[] => {
  const subject = new Subject(reading.text)
  return detections.flatMap((by) =>
    by.detector.find(subject).map(({ start, end }) => ({
      by,
      start: placeIn(reading, start),
      end: placeIn(reading, end),
      found: reading.text.slice(start, end),
    })),
  )
}

/** Findings that overlap are hidden together, by the widest, or wholly where none covers all. */
const merged = (findings: Finding[]): Finding[] => {
  if (findings.length < 2) return findings
  const sorted = findings.sort((one, other) => one.start - other.start || other.end - one.end)
  const apart: Finding[] = []
  for (const finding of sorted) {
    const last = apart.at(-1)
    if (!last || finding.start >= last.end) apart.push(finding)
    else if (finding.end > last.end)
      apart[apart.length - 1] = { ...last, end: finding.end, by: { detector: last.by.detector, with: 'redact' } }
  }
  return apart
}

/**
 * Everything that the detections find in a text, as it is written and with escapes undone.
 * @param reading what was undone already, with the places that findings are to be told by
 */
export const findIn = (reading: Reading, detections: readonly Detection[]): readonly Finding[] => {
  const findings: Finding[] = []
  let current: Reading | undefined = reading
  for (let depth = 0; current && depth <= MAX_DEPTH; depth++) {
    findings.push(...inReading(current, detections))
    current = unescaped(current)
  }
  return merged(findings)
}

export const possibleIn = (signals: Signals, detections: readonly Detection[]): readonly Detection[] =>
  signals.escaped ? detections : detections.filter(({ detector }) => detector.possible(signals))

/** Signs that need no escape in JSON, XML, arrays and composites. */
const harmless = (kept: string): string => kept.replaceAll(/[^\p{L}\p{N}@._+-]/gu, '*')

const hashOf = (key: Buffer, { by: { detector }, found }: Finding): string => {
  const keyed = hmacSha256(hmacSha256(key)(Buffer.from(`hoop detect 1 ${detector.name}`)))
  return keyed(Buffer.from(detector.plain(found))).toString('hex', 0, 8)
}

/** What stands in for a finding; of signs that need no escape anywhere. */
export const tokenOf = (finding: Finding, key: Buffer): string => {
  const { by, found } = finding
  const name = by.detector.name
  if (by.with === 'hash') return `[${name}:${hashOf(key, finding)}]`
  if (typeof by.with === 'string') return `[${name}]`
  const signs = [...found]
  const count = 'keep_first' in by.with ? by.with.keep_first : by.with.keep_last
  if (signs.length <= count) return `[${name}]`
  return 'keep_first' in by.with
    ? `${harmless(signs.slice(0, count).join(''))}****`
    : `****${harmless(signs.slice(-count).join(''))}`
}
