import type { ResultEvent, SessionRecorder, StartEvent, StatementEvent } from '../../../src/recording/events.js'
import type { Row } from '../report.js'
import { microRow, microseconds, type Timing } from './timing.js'

/** Opens the recording that the parts write to. */
export const start: StartEvent = {
  type: 'start',
  at: 0,
  time: new Date().toISOString(),
  session: 'bench',
  subject: 'mika',
  name: 'mika@acme.example',
  groups: ['ml-eng'],
  connection: 'bench',
  database: 'bench',
  grant: 'bench',
  proof: { issuer: 'https://login.example.com', jkt: 'bench' },
  client: { protocol: '3.0' },
  policy: { name: 'plain', hash: 'bench' },
  gateway: { version: '0' },
  server: {},
}

const statement: StatementEvent = {
  type: 'statement',
  at: 1_234.567,
  n: 1,
  via: 'extended',
  text: 'SELECT abalance FROM pgbench_accounts WHERE aid = $1;',
  statementName: 'P_0_1',
  parameters: ['123456'],
  kinds: ['select'],
  reads: ['public.pgbench_accounts'],
  writes: [],
}

const result: ResultEvent = {
  type: 'result',
  at: 1_234.789,
  n: 1,
  tag: 'SELECT 1',
  columns: [{ name: 'abalance', type: 23 }],
  rowsSeen: [['0']],
  rows: 1,
  bytes: 12,
  masked: 0,
  duration: 0.123,
  transaction: 'I',
}

/** What every statement waits for: its event, and the result of the one before, in one frame with one write. */
export const recording = (recorder: SessionRecorder, timing: Timing): readonly Row[] => {
  const whole = microseconds(() => {
    recorder.record(result)
    recorder.record(statement)
    recorder.commit()
  }, timing)
  const json = microseconds(() => JSON.stringify(result) + JSON.stringify(statement), timing)
  return [
    microRow('recording: a result, a statement, commit', whole),
    microRow('… of which JSON of the two events', json),
  ]
}
