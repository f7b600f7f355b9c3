import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command } from '../../../../src/gateway/relay/machine/commands.js'
import { Keeping } from '../../../../src/gateway/relay/rows/keeping.js'
import { Machine } from '../../../../src/gateway/relay/machine/machine.js'
import type { Step } from '../../../../src/gateway/relay/machine/step.js'
import { HoopError } from '../../../../src/lib/errors.js'
import type { Decision } from '../../../../src/policy/decision.js'
import { Cutter, HEADER, MemoryBudget } from '../../../../src/wire/cutter.js'
import { readErrorFields } from '../../../../src/wire/error-fields.js'
import { askerOf } from '../../../policy/asker.js'
import { send } from '../wire-client.js'
import { ServerModel } from './server-model.js'

/** Random steps of a client, here and with `npm run fuzz`. */
const STEPS = process.env['HOOP_TEST_FUZZ'] ? 200_000 : 5_000
const LENGTH = 40

const names = ['', 'a', 'b']
const name = fc.constantFrom(...names)
const text = fc.oneof(
  fc.integer({ min: 0, max: 4 }).map((n) => `rows ${n}`),
  fc.constantFrom('hold 2', 'block', 'fail', 'begin', 'commit', 'rollback', 'nonsense'),
  fc.constantFrom('prepare a', 'prepare b', 'execute a', 'execute b', 'deallocate a', 'deallocate b'),
)

const action = fc.oneof(
  text.map((each) => [send.query(each)]),
  fc.tuple(text, name).map(([each, of]) => [send.parse(each, of)]),
  fc.tuple(name, name).map(([portal, of]) => [send.bind([], { portal, name: of })]),
  fc.tuple(name, fc.integer({ min: 0, max: 2 })).map(([portal, most]) => [send.execute(portal, most)]),
  fc.tuple(fc.constantFrom('S' as const, 'P' as const), name).map(([of, each]) => [send.describe(of, each)]),
  fc.tuple(fc.constantFrom('S' as const, 'P' as const), name).map(([of, each]) => [send.close(of, each)]),
  fc.tuple(text, name).map(([each, of]) => [send.parse(each, of), send.bind([], { name: of }), send.execute()]),
  fc.constant([send.sync()]),
  fc.constant([send.sync(), send.query('copy'), send.copyData('x'), send.copyDone()]),
  fc.constant([send.sync(), send.query('copy'), send.copyData('x'), send.copyFail('no')]),
)

const decide = (statement: string, approved: boolean): Decision => {
  if (statement === 'block') return { kind: 'refuse', error: new HoopError('STATEMENT_BLOCKED', 'rule no') }
  const [verb = '', about = ''] = statement.replaceAll('"', '').split(' ')
  const kind = verb.toLowerCase()
  const of = { of: 'statement' as const, name: about }
  const facts = {
    ...{ kind, kinds: [kind], reads: [], writes: [], scrub: false, ddl: false },
    ...(kind === 'prepare' && { defines: of }),
    ...(kind === 'execute' && { runs: of }),
    ...(kind === 'deallocate' && { ends: of }),
  }
  const rule = { name: 'ask', approvers: { groups: ['dba'], count: 1 }, expires: 1000 }
  return kind === 'hold' && !approved
    ? { kind: 'hold', statements: [facts], rule }
    : { kind: 'allow', statements: [facts] }
}

const machineOf = (masking: boolean, budget: MemoryBudget): Machine => {
  let n = 0
  const statement = (_via: unknown, of: string) => ({ n: ++n, text: of, sentAt: 0 })
  return new Machine({
    guard: {
      ...{ masks: () => undefined, clear: false, scans: undefined, masking, maskKey: Buffer.alloc(32) },
      decide: (of) => decide(of, false),
    },
    journal: {
      statement,
      refusal: (of) => statement('', of),
      result: () => undefined,
      notice: () => undefined,
      transaction: 'I',
      keeping: new Keeping(),
    },
    asker: askerOf(),
    names: { count: 10_000, bytes: 1 << 25 },
    replay: 1 << 20,
    ...{
      budget,
      message: 1 << 20,
      functionCalls: false,
      named: (own) => own,
      own: { refused: 'hoop_refused', check: 'hoop_check', plan: 'hoop_plan' },
    },
  })
}

/** What a client reads, as far as the policy leaves it: of errors the SQLSTATE. */
const read = (bytes: Buffer): string[] => {
  const seen: string[] = []
  new Cutter(
    {
      whole: () => true,
      piece: () => undefined,
      frame: (tag, buffer, start, end) => {
        const type = String.fromCharCode(tag)
        seen.push(
          type === 'E'
            ? `E ${readErrorFields(buffer, start, end)['C']}`
            : `${type} ${buffer.toString('latin1', start + HEADER, end)}`,
        )
      },
    },
    new MemoryBudget(1 << 30),
  ).feed(bytes)
  return seen
}

const direct = (bytes: Buffer): string[] => {
  const model = new ServerModel()
  model.feed(bytes)
  return read(model.take())
}

/** The same bytes through a machine: in pieces, with the two directions interleaved as `turn` says. */
const relayed = (bytes: Buffer, masking: boolean, cuts: readonly number[], turn: (n: number) => boolean): string[] => {
  const budget = new MemoryBudget(1 << 30)
  const [machine, model, client] = [machineOf(masking, budget), new ServerModel(), [] as Buffer[]]
  let [fromServer, asked]: [Buffer, Command | undefined] = [Buffer.alloc(0), undefined]
  const carry = ({ toServer, toClient, commands }: Step): void => {
    client.push(...toClient.take())
    for (const chunk of toServer.take()) model.feed(chunk)
    fromServer = Buffer.concat([fromServer, model.take()])
    for (const command of commands.splice(0)) {
      if (command.kind === 'end') throw command.error
      if (command.kind === 'hold') asked = command
      if (command.kind === 'withdraw') {
        asked = undefined
        carry(machine.resume({ kind: 'refuse', error: command.error }))
      }
    }
  }
  const answer = (n: number): void => {
    const some = fromServer.subarray(0, n)
    fromServer = fromServer.subarray(n)
    if (some.length > 0) carry(machine.fromServer(some))
    if (asked?.kind === 'hold') {
      asked = undefined
      carry(machine.resume({ kind: 'approved', rule: 'ask', approval: 'id' }))
    }
  }
  let [at, n] = [0, 0]
  while (at < bytes.length) {
    const size = cuts[n % cuts.length]!
    carry(machine.fromClient(bytes.subarray(at, at + size)))
    at += size
    if (turn(n++)) answer(cuts[n % cuts.length]!)
  }
  while (fromServer.length > 0 || asked) answer(fromServer.length)
  machine.end()
  machine.dispose()
  expect(budget.held).toBe(0)
  return read(Buffer.concat(client))
}

test(
  `in ${STEPS} random steps, cut and interleaved at random, a client reads what it would from the server itself`,
  { timeout: 600_000 },
  () => {
    fc.assert(
      fc.property(
        fc.array(action, { minLength: LENGTH, maxLength: LENGTH }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 16 }),
        (actions, masking, cuts, turns) => {
          const bytes = Buffer.concat([...actions.flat(), send.sync()])
          const [seen, wanted] = [relayed(bytes, masking, cuts, (n) => turns[n % turns.length]!), direct(bytes)]
          // What would fail anyway, since its name means nothing any more, may be refused for what it might have meant.
          const stricter = seen.map((each, i) => (each === 'E 42501' && wanted[i]?.startsWith('E') ? wanted[i] : each))
          expect(stricter).toEqual(wanted)
        },
      ),
      { numRuns: STEPS / LENGTH },
    )
  },
)

test('a pipeline with a refusal in it reads the same whichever byte it is cut at', () => {
  const bytes = Buffer.concat([
    ...[
      send.parse('rows 2', 'a'),
      send.bind([], { portal: 'b', name: 'a' }),
      send.execute('b', 1),
      send.parse('block'),
    ],
    ...[send.bind(), send.execute(), send.sync(), send.query('hold 2'), send.execute('b'), send.sync()],
  ])
  const whole = direct(bytes)
  expect(whole.filter((each) => each.startsWith('E'))).toEqual(['E 42501', 'E 34000'])
  for (let at = 1; at < bytes.length; at++)
    for (const masking of [true, false])
      expect(
        relayed(bytes, masking, [at, bytes.length], () => at % 2 === 0),
        `cut at ${at}`,
      ).toEqual(whole)
})
