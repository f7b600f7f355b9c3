import { plain } from '../text.js'

/** What a verification found, as far as it is shown. */
export interface ShownFinding {
  readonly kind: string
  readonly session?: string
  readonly act?: number
  readonly leaf?: string
  readonly frame?: number
  readonly expected?: string
  readonly found?: string
  readonly time?: string
}

/** One finding in a few lines: what, where, what was expected. Names from the record are somebody else's text. */
export const findingText = (finding: ShownFinding, says: string, isTampering: boolean): string => {
  const { session, act, leaf, frame, expected, found, time } = finding
  const where = [
    session !== undefined && `session ${session}`,
    act !== undefined && `act ${act}`,
    leaf !== undefined && `leaf ${leaf}`,
    frame !== undefined && `frame ${frame}`,
    time !== undefined && time,
  ].filter((part) => part !== false)
  const lines = [`${isTampering ? 'ALTERED' : 'note'}  ${where.length > 0 ? `${where.join(', ')}: ` : ''}${says}`]
  if (expected !== undefined) lines.push(`         expected ${expected}`)
  if (found !== undefined) lines.push(`         found    ${found}`)
  return lines.map((line) => plain(line)).join('\n')
}
