import type { RuleNote } from '../../recording/events.js'
import { recordedStatements, type RecordedChoice } from './recorded.js'

const SAMPLES = 3
const LONGEST = 2000

/** What one rule would have done, were its policy in force. */
export interface ObservedRule {
  readonly policy: string
  readonly rule: string
  readonly would: RuleNote['do']
  statements: number
  readonly sessions: Set<string>
  readonly people: Set<string>
  readonly samples: { readonly session: string; readonly n: number; readonly person: string; readonly text: string }[]
}

export interface Observations {
  /** All that ran, under whatever policy. */
  statements: number
  /** Of them, those that some rule would have treated otherwise. */
  observed: number
  rules: ObservedRule[]
  problems: string[]
}

/**
 * Counts what policies with `mode: observe` noted in recordings.
 * @param folder of the recordings
 * @throws {HoopError} RECORDING_FAILED where the folder can't be read
 */
export const observations = async (folder: string, choice: RecordedChoice): Promise<Observations> => {
  const rules = new Map<string, ObservedRule>()
  const found: Observations = { statements: 0, observed: 0, rules: [], problems: [] }
  for await (const recorded of recordedStatements(folder, choice)) {
    if ('error' in recorded) {
      found.problems.push(`${recorded.path}: ${recorded.error.message}`)
      continue
    }
    const { start, event } = recorded
    if (event.type !== 'statement') continue
    found.statements++
    if (event.observed) found.observed++
    for (const { rule, do: would } of event.observed ?? []) {
      const { name: policy } = start.policy
      const key = JSON.stringify([policy, rule, would])
      const fresh = { policy, rule, would, statements: 0, sessions: new Set<string>(), people: new Set<string>() }
      const known = rules.get(key) ?? { ...fresh, samples: [] }
      rules.set(key, known)
      known.statements++
      known.sessions.add(start.session)
      known.people.add(start.name)
      const { session, name: person } = start
      if (known.samples.length < SAMPLES && !known.samples.some(({ text }) => text === event.text))
        known.samples.push({ session, n: event.n, person, text: event.text.slice(0, LONGEST) })
    }
  }
  found.rules = [...rules.values()].sort((one, other) => other.statements - one.statements)
  return found
}
