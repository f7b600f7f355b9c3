import { hmacSha256 } from '../hmac.js'
import { boundMask, type DetectSpec } from '../registry.js'
import type { Detector } from './detector.js'
import { placeIn, unescaped, type Reading } from './reading.js'
import type { Signals } from './signals.js'
import { Subject, type Span } from './subject.js'

/** A detector, and what is done with what it finds. */
export interface Detection {
  readonly detector: Detector
  readonly with: DetectSpec
  /** Which entry of the policy's masks it comes from. */
  readonly entry?: number
}

/** A position in the text as it was written, and which of the detections is to thank. */
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
 * @param reading what was undone already, with the positions that findings are to be told by
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

const hashOf = (key: Buffer, { by: { detector }, found }: Finding): string => {
  const keyed = hmacSha256(hmacSha256(key)(Buffer.from(`hoop detect 1 ${detector.name}`)))
  return keyed(Buffer.from(detector.plain(found))).toString('hex', 0, 8)
}

/** What stands in for a finding; of signs that need no escape anywhere. */
export const tokenOf = (finding: Finding, key: Buffer): string => {
  const { by, found } = finding
  const { name } = by.detector
  return boundMask(by.with).token({ detector: name, text: found, hash: () => hashOf(key, finding) }) ?? `[${name}]`
}
