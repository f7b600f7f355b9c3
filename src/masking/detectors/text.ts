import { findIn, tokenOf, type Detection, type Finding } from './finding.js'
import { looksLikeJson, scanJson } from './json.js'

/** How a text is written, which says what may be put into it. */
export type Writing =
  /** Anything may be. */
  | 'plain'
  | 'json'
  | 'xml'
  /** Values within signs of structure: arrays, composites, hstore, tsvector. */
  | 'structured'
  /** Any of them. */
  | 'unknown'

export interface Scanning {
  readonly detections: readonly Detection[]
  readonly key: Buffer
  report(finding: Finding): void
}

/** Whoever finds more than a value is not to take the structure with it. */
const structure: Readonly<Partial<Record<Writing, RegExp>>> = { xml: /[<>]/, structured: /["\\,{}]/ }

const hidden = '<masked/>'

/** What a text is that comes without its type. */
const guess = (text: string): Writing => (text[0] === '{' || text[0] === '(' ? 'structured' : 'plain')

/**
 * Looks through one text.
 * @returns the text with everything found replaced; null where it has to go as a whole; undefined where nothing was found
 */
export const scanText = (text: string, writing: Writing, scanning: Scanning): string | null | undefined => {
  const { detections, key } = scanning
  const report = (finding: Finding) => scanning.report(finding)
  const likely = writing === 'plain' || writing === 'unknown'
  if (writing === 'json' || (likely && looksLikeJson(text))) return scanJson(text, detections, key, report)
  const findings = findIn({ text }, detections)
  if (findings.length === 0) return undefined
  findings.forEach(report)
  if (findings.some(({ by }) => by.with === 'null')) return null
  const signs = structure[writing === 'unknown' ? guess(text) : writing]
  if (signs && findings.some(({ start, end }) => signs.test(text.slice(start, end))))
    return writing === 'xml' ? hidden : null
  let out = ''
  let copied = 0
  for (const finding of findings) {
    out += text.slice(copied, finding.start) + tokenOf(finding, key)
    copied = finding.end
  }
  return out + text.slice(copied)
}
