import { expect, test } from 'vitest'
import { noVectors, vectorsInRows, vectorsInText } from '../../../src/gateway/budgets/vectors.js'
import { dataRow } from '../../bench/micro/messages.js'

const eight = '[1,2,3,4,5,6,7,8.5]'

test('a text is looked through for lists of numbers, however they are written', () => {
  const count = (text: string): number => vectorsInText(Buffer.from(text), 0, text.length)
  expect(count(eight)).toBe(1)
  expect(count('[ -1e-5, 2, 3, 4, 5, 6, 7, 8 ]')).toBe(1)
  expect(count('[[1,2,3,4,5,6,7,8],[1,2,3,4,5,6,7,8]]')).toBe(2)
  expect(count('[1,2,3,4,5,6,7]')).toBe(0)
  expect(count('[a,b,c,d,e,f,g,h,i]')).toBe(0)
})

test('texts are looked through wherever they stand in what came from the network', () => {
  const text = { table: 0, attribute: 0, type: 25, size: -1, modifier: -1, format: 0 }
  const fields = ['a', 'b'].map((name) => ({ ...text, name }))
  const messages = [
    ['', 'x'],
    [eight, eight],
    ['[1,2]', 'x'],
    ['x', `${eight} ${eight}`],
    ['x', ''],
  ].map(dataRow)
  const count = vectorsInRows(fields, noVectors, () => false)!
  const chunk = Buffer.concat(messages)
  const counts = (): number[] => {
    let at = 0
    return messages.map(({ length }) => count(chunk, at, (at += length)))
  }
  expect(counts()).toEqual([0, 2, 0, 2, 0])
  expect(counts()).toEqual([0, 2, 0, 2, 0])
  expect(messages.map((message) => count(message, 0, message.length))).toEqual([0, 2, 0, 2, 0])
})
