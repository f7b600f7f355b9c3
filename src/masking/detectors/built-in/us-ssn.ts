import type { Span, Subject } from '../subject.js'

/** Area, group and serial as they can have been issued. @see https://www.ssa.gov/employer/randomization.html */
const issued = (area: string, group: string, serial: string): boolean =>
  area !== '000' && area !== '666' && area[0] !== '9' && group !== '00' && serial !== '0000'

/** US social security numbers in their written form, `123-45-6789` or with blanks. Nine digits alone could be anything. */
export const usSsns = (subject: Subject): readonly Span[] => {
  const { runs, text } = subject
  const found: Span[] = []
  for (let at = 0; at + 2 < runs.length; at++) {
    const [area, group, serial] = [runs[at]!, runs[at + 1]!, runs[at + 2]!]
    if (area.end - area.start !== 3 || group.end - group.start !== 2 || serial.end - serial.start !== 4) continue
    const separator = subject.between(area, group)
    if ((separator !== '-' && separator !== ' ') || subject.between(group, serial) !== separator) continue
    const span = { start: area.start, end: serial.end }
    if (!subject.standsAlone(span) || subject.continues(span, separator)) continue
    const part = ({ start, end }: Span) => text.slice(start, end)
    if (issued(part(area), part(group), part(serial))) found.push(span)
  }
  return found
}
