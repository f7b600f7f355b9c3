import { Journal } from '../../../src/gateway/relay/journal.js'
import { Pump } from '../../../src/gateway/relay/pump.js'
import { rounds } from '../../../src/gateway/relay/rounds.js'
import type { Guard } from '../../../src/policy/decision.js'
import type { SessionRecorder } from '../../../src/recording/events.js'
import { MemoryBudget } from '../../../src/wire/cutter.js'
import { askerOf } from '../../policy/asker.js'
import type { Row } from '../report.js'
import { FakeSocket } from './fake-socket.js'
import { chunkOf, complete, customer, dataRow, prepared, rowDescription, simple } from './messages.js'
import { microRow, microseconds, type Timing } from './timing.js'

const megabyte = 2 ** 20
const accounts = {
  text: 'SELECT abalance FROM pgbench_accounts WHERE aid = $1;',
  columns: rowDescription(16_384, ['abalance']),
  row: dataRow(['0']),
}

interface Exchange {
  readonly asked: Buffer
  readonly answered: Buffer
}

/** A relay between two sockets that aren't there; everything else is real. */
const openRelay = (recorder: SessionRecorder, guard: Guard | undefined) => {
  const [client, upstream] = [new FakeSocket(), new FakeSocket()]
  new Pump({
    client: client.asSocket,
    upstream: upstream.asSocket,
    guard,
    journal: new Journal(recorder),
    asker: askerOf(),
    account: 'ana',
    budget: new MemoryBudget(megabyte),
    message: megabyte,
    names: { count: 1000, bytes: megabyte },
    replay: megabyte,
    functionCalls: false,
    named: (own) => own,
    cancel: async () => undefined,
    reset: () => undefined,
  }).start(Buffer.alloc(0), Buffer.alloc(0))
  const play = ({ asked, answered }: Exchange) => {
    const before = client.written
    client.receive(asked)
    rounds.end()
    upstream.receive(answered)
    rounds.end()
    if (client.written - before !== answered.length) throw new Error('the relay did not pass the answer on')
  }
  return { client, upstream, play }
}

/** What a statement costs in the gateway beside sockets and TLS. */
export const relaying = (recorder: SessionRecorder, guard: Guard | undefined, timing: Timing): readonly Row[] => {
  const { client, upstream, play } = openRelay(recorder, guard)
  play(prepared.prepare(accounts.text))
  const one = prepared.execute('123456', accounts.columns, accounts.row)
  const query = simple(accounts.text.replace('$1', '123456'), accounts.columns, accounts.row)
  const rows = [
    microRow(
      'relay: a prepared statement, both ways, recorded',
      microseconds(() => play(one), timing),
    ),
    microRow(
      'relay: the same as a simple query',
      microseconds(() => play(query), timing),
    ),
  ]
  const chunk = chunkOf(dataRow(customer.values))
  const before = client.written
  client.receive(simple('SELECT * FROM customers', chunk, chunk).asked)
  upstream.receive(rowDescription(16_390, customer.columns))
  rows.push(
    microRow(
      'relay: 64 KB of rows',
      microseconds(() => {
        upstream.receive(chunk)
        rounds.end()
      }, timing),
      chunk.length,
    ),
  )
  upstream.receive(complete('SELECT 1'))
  rounds.end()
  if (client.written - before < chunk.length) throw new Error('the relay passed no rows on')
  return rows
}
