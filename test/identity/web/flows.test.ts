import { expect, test } from 'vitest'
import { flowLife, Flows } from '../../../src/identity/web/flows.js'

const flow = { verifier: 'v', nonce: 'n', client: 'c', request: undefined }
const begin = (flows: Flows, count: number, from: string, now: number): void => {
  for (let at = 0; at < count; at++) flows.begin(`${from} ${at}`, 'b', from, flow, now)
}

test('whoever begins thousands of sign-ins pushes out their own, and nobody else’s', () => {
  const flows = new Flows()
  flows.begin('mika', 'b', '192.0.2.1', flow, 1)
  begin(flows, 11_000, 'stranger', 2)
  expect(flows.take('stranger 9999', 'b', 3)).toBeUndefined()
  expect(flows.take('stranger 10999', 'b', 3)).toEqual(flow)
  expect(flows.take('mika', 'b', 3)).toEqual(flow)
})

test('strangers with many addresses push out of those where most began', () => {
  const flows = new Flows()
  flows.begin('mika', 'b', '192.0.2.1', flow, 1)
  for (let from = 0; from < 20; from++) begin(flows, 1_000, `stranger-${from}`, 2)
  const left = Array.from({ length: 20 }, (_, from) =>
    Array.from({ length: 1_000 }, (__, at) => flows.take(`stranger-${from} ${at}`, 'b', 3)).filter(Boolean),
  ).flat()
  expect(left).toHaveLength(9_999)
  expect(flows.take('mika', 'b', 3)).toEqual(flow)
})

test('a sign-in ends by itself', () => {
  const flows = new Flows()
  flows.begin('s', 'b', 'a', flow, 0)
  flows.begin('t', 'b', 'a', flow, flowLife)
  expect([flows.take('s', 'b', flowLife), flows.take('t', 'b', flowLife)]).toEqual([undefined, flow])
})
