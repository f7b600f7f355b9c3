import { expect, test } from 'vitest'
import { ApprovalChanges } from '../../../src/agent/api/approvals/changes.js'
import type { Approval } from '../../../src/lib/api/approvals.js'
import { approval } from '../../cli/approvals/approval.js'

const told = (changes: ReturnType<ApprovalChanges['next']>): string[] =>
  changes.map(({ event, approval: { id } }) => `${id} ${event}`)

const vote = { subject: 'ines', name: 'Ines', vote: 'approve', at: '2026-11-25T12:01:00.000Z' } as const

test('what waits at the start is told of as requested, oldest first, and what was settled is no news', () => {
  const changes = new ApprovalChanges()
  expect(told(changes.begin([approval('3'), approval('2', { state: 'denied' }), approval('1')]))).toEqual([
    '1 requested',
    '3 requested',
  ])
  expect(changes.open.map(({ id }) => id)).toEqual(['1', '3'])
})

test.for<[Approval['state'], Partial<Approval>, Approval['state'], string[]]>([
  ['open', {}, 'open', []],
  ['open', { votes: [vote] }, 'open', ['1 voted']],
  ['open', {}, 'approved', ['1 decided']],
  ['open', {}, 'used', ['1 decided', '1 used']],
  ['approved', {}, 'used', ['1 used']],
  ['open', {}, 'denied', ['1 decided']],
  ['open', {}, 'expired', ['1 expired']],
  ['approved', {}, 'expired', ['1 expired']],
  ['open', {}, 'withdrawn', ['1 withdrawn']],
])('from %s with %j to %s', ([from, more, to, expected]) => {
  const changes = new ApprovalChanges()
  changes.begin([approval('1', { state: from })])
  expect(told(changes.next([approval('1', { state: to, ...more })]))).toEqual(expected)
  expect(told(changes.next([approval('1', { state: to, ...more })]))).toEqual([])
})

test('what came and was settled between two looks is told of whole', () => {
  const changes = new ApprovalChanges()
  changes.begin([])
  const next = [approval('2', { state: 'break-glass' }), approval('1', { state: 'used' })]
  expect(told(changes.next(next))).toEqual(['1 requested', '1 decided', '1 used', '2 break-glass'])
})

test('what waits and has dropped out of a list has to be asked for by its id', () => {
  const changes = new ApprovalChanges()
  changes.begin([approval('1'), approval('2', { state: 'denied' })])
  expect(changes.missing([approval('3')])).toEqual(['1'])
})
