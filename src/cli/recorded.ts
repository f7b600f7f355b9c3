import { string as text } from '@oclif/core/flags'
import { plain } from './text.js'

/** Flags of commands that read recordings on the gateway's machine. */
export const recordedFlags = {
  config: text({ description: 'configuration file', default: 'hoop.yaml' }),
  since: text({
    description: 'sessions that began then or later: a date, a time, yesterday, or 2h, 7d ago',
    default: '7d',
    helpValue: 'WHEN',
  }),
  connection: text({ description: 'only this connection', helpValue: 'NAME' }),
  person: text({ description: 'only this person', helpValue: 'SUBJECT|NAME' }),
}

/** One line of a statement that was recorded. */
export const sampleLine = (sample: {
  readonly session: string
  readonly n: number
  readonly person: string
  readonly text: string
}): string => {
  const { session, n, person, text: sql } = sample
  return plain(`  ${session} #${n} ${person}: ${sql.length > 200 ? `${sql.slice(0, 199)}…` : sql}`)
}
