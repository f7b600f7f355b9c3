import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Rounds } from '../../../src/gateway/relay/rounds.js'

test('whoever has something to send is called once all that was ready has been read, in order', async () => {
  const rounds = new Rounds()
  const called: string[] = []
  rounds.add({ endRound: () => called.push('first') })
  rounds.add({ endRound: () => called.push('second') })
  await Promise.resolve()
  expect(called).toEqual([])
  await turn()
  expect(called).toEqual(['first', 'second'])
})

test('what comes up while a round ends belongs to the next one', async () => {
  const rounds = new Rounds()
  const called: string[] = []
  rounds.add({
    endRound: () => {
      called.push('one')
      rounds.add({ endRound: () => called.push('next') })
    },
  })
  rounds.end()
  expect(called).toEqual(['one'])
  rounds.end()
  expect(called).toEqual(['one', 'next'])
  await turn()
  expect(called).toEqual(['one', 'next'])
})
