import { expect, test } from 'vitest'
import { Turns, type Waiting } from '../../../src/gateway/analyst/turns.js'

const of = (person: string, length = 1): Waiting => ({ person, text: 'x'.repeat(length) })
const all = (turns: Turns<Waiting>): string[] => {
  const seen: string[] = []
  for (let job = turns.next(); job; job = turns.next()) seen.push(job.person)
  return seen
}

test('turns go round between people, whoever has come first with however many', () => {
  const turns = new Turns({ waiting: 100, bytes: 1000 })
  for (const person of ['ana', 'ana', 'ana', 'ben', 'cleo', 'ben']) expect(turns.add(of(person))).toEqual([])
  expect(all(turns)).toEqual(['ana', 'ben', 'cleo', 'ana', 'ben', 'ana'])
  expect(turns.count).toBe(0)
})

test('one person has a quarter of the room, in which one text always fits, and others have theirs', () => {
  const turns = new Turns({ waiting: 8, bytes: 400 })
  expect([turns.add(of('ana')), turns.add(of('ana'))]).toEqual([[], []])
  expect(turns.add(of('ana'))).toEqual({ of: 'person', what: 'texts', most: 2 })
  expect(turns.add(of('ben', 390))).toEqual([])
  expect(turns.add(of('ben', 1))).toEqual({ of: 'person', what: 'characters', most: 100 })
  // What others have is nothing to who has nothing.
  expect(turns.add(of('cleo', 390))).toEqual([])
})

test('where all of the room is taken, whoever has most gives way, and not who has little', () => {
  const turns = new Turns({ waiting: 8, bytes: 100 })
  const big = of('ana', 150)
  turns.add(big)
  turns.add(of('ben', 40))
  expect(turns.add(of('cleo', 30))).toEqual([{ job: big, why: { of: 'all', what: 'characters', most: 200 } }])
  expect(turns.add(of('dora', 160))).toEqual({ of: 'all', what: 'characters', most: 200 })
  expect(all(turns)).toEqual(['ben', 'cleo'])
  const few = new Turns({ waiting: 8, bytes: 100 })
  for (const person of ['a', 'b', 'c', 'd']) for (const _ of [1, 2]) few.add(of(person))
  expect(few.add(of('eve'))).toMatchObject([{ job: { person: 'a' }, why: { what: 'texts' } }])
  expect(few.count).toBe(8)
})

test('what is taken back makes room', () => {
  const turns = new Turns({ waiting: 4, bytes: 100 })
  const first = of('ana')
  turns.add(first)
  expect(turns.add(of('ana'))).toMatchObject({ of: 'person' })
  turns.remove(first)
  turns.remove(first)
  expect([turns.count, turns.add(of('ana'))]).toEqual([0, []])
  expect(turns.clear()).toHaveLength(1)
  expect(turns.next()).toBeUndefined()
})
