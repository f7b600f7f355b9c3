import { expect, test } from 'vitest'
import { answers } from '../../../../src/gateway/relay/machine/witness/messages.js'
import { Witness } from '../../../../src/gateway/relay/machine/witness/witness.js'
import type { AllowedStatement } from '../../../../src/policy/decision.js'
import { parameters } from '../../../../src/sql/witness/parameters.js'
import { Outbox } from '../../../../src/wire/outbox.js'

const premise = (): readonly Buffer[] => parameters.map(() => Buffer.from('{}'))

const statement = (facts: Partial<AllowedStatement>): AllowedStatement => ({
  ...{ kind: 'select', kinds: ['select'], reads: [], writes: [], scrub: false, ddl: false },
  ...facts,
})

/** One execution, for which the server says that snapshot. @returns the snapshot that it was asked for */
const run = (witness: Witness, of: readonly Buffer[], snapshot: string | undefined): string | undefined => {
  const sent = witness.send(new Outbox(), of, 0)
  sent.said = snapshot
  witness.confirmed(sent)
  return sent.asked
}

const quiet = (witness: Witness, of: readonly Buffer[], times = 10): void => {
  for (let i = 0; i < times; i++) run(witness, of, '5:5:')
}

test('what has passed before is asked for by its snapshot once that has stayed the same for a while', () => {
  const [witness, one] = [new Witness({}), premise()]
  const asked = Array.from({ length: 8 }, () => run(witness, one, '5:5:'))
  expect(asked.slice(0, 2)).toEqual([undefined, undefined])
  expect(asked.at(-1)).toBe('5:5:')
})

test('what has not passed in that snapshot is looked at in full', () => {
  const [witness, one] = [new Witness({}), premise()]
  quiet(witness, one)
  expect(run(witness, premise(), '5:5:')).toBeUndefined()
  run(witness, one, '6:6:')
  expect(run(witness, one, '6:6:')).toBeUndefined()
})

test('what another session has confirmed counts for nothing', () => {
  const [one, database] = [premise(), {}]
  quiet(new Witness(database), one)
  expect(run(new Witness(database), one, '5:5:')).toBeUndefined()
})

test('a snapshot that the server does not vouch for is not asked for', () => {
  const [witness, one] = [new Witness({}), premise()]
  for (let i = 0; i < 20; i++) expect(run(witness, one, undefined)).toBeUndefined()
})

test.for([
  ['a write', { kind: 'insert', kinds: ['insert'], writes: ['public.t'] }],
  ['a change of the schema', { kind: 'create', kinds: ['create'], ddl: true }],
  ['what may prepare another in its place', { kind: 'do', kinds: ['do'] }],
] as const)('%s ends it', ([, facts]) => {
  const [witness, one] = [new Witness({}), premise()]
  quiet(witness, one)
  witness.sent([statement({})])
  expect(run(witness, one, '5:5:')).toBe('5:5:')
  witness.sent([statement(facts)])
  expect(run(witness, one, '5:5:')).toBeUndefined()
})

test('a database that keeps nothing for a session is asked in full', () => {
  const [witness, one] = [new Witness({}), premise()]
  quiet(witness, one)
  witness.lost()
  quiet(witness, one)
  expect(run(witness, one, '5:5:')).toBeUndefined()
})

test('the more often a snapshot was asked for in vain, the longer it has to stay the same', () => {
  const [witness, one] = [new Witness({}), premise()]
  const until = (snapshot: string): number => {
    let times = 1
    while (run(witness, one, snapshot) === undefined) times++
    return times
  }
  const before = until('5:5:')
  for (let i = 0; i < 4; i++) {
    run(witness, one, `${i}:${i}:`)
    until(`${i}:${i}:`)
  }
  run(witness, one, '9:9:')
  expect(until('9:9:')).toBeGreaterThan(4 * before)
})

test('each form has as many answers as it is waited for', () => {
  const witness = new Witness({})
  const one = premise()
  expect(witness.send(new Outbox(), one, 1).answers).toBe(answers.run + answers.prepared)
  expect(witness.send(new Outbox(), one, 1).answers).toBe(answers.run)
})
