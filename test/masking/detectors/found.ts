import { builtinDetector, type DetectorName } from '../../../src/masking/detectors/detector.js'
import { possibleIn, type Detection } from '../../../src/masking/detectors/finding.js'
import { signalsOf } from '../../../src/masking/detectors/signals.js'
import { Subject } from '../../../src/masking/detectors/subject.js'

export const redacting = (name: DetectorName): Detection => ({ detector: builtinDetector(name), with: 'redact' })

/** What one detector finds in a text, by way of the same look at its bytes that the gateway takes first. */
export const foundBy = (name: DetectorName, text: string): string[] => {
  const bytes = Buffer.from(text)
  const [possible] = possibleIn(signalsOf(bytes, 0, bytes.length), [redacting(name)])
  return possible ? possible.detector.find(new Subject(text)).map(({ start, end }) => text.slice(start, end)) : []
}
