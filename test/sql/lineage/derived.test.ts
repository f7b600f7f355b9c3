import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Output } from '../../../src/sql/facts.js'
import { derived } from './cases/derived.js'
import { openShop, type Shop } from '../shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const last = (column: string): string => column.split('.').at(-1) ?? ''
const named = (outputs: readonly Output[] | undefined): string =>
  outputs
    ?.map((output) => {
      if (output.kind === 'clean') return '-'
      return output.kind === 'masked' ? last(output.column) : `~${output.columns.map(last).join('+')}`
    })
    .join(' ') ?? ''

test.for(derived)('%s gives %s', ([sql, outputs]) => {
  const [statement] = analyse(sql, shop.catalog, { predicates: 'equality' }).statements
  expect(statement?.unproven).toBeUndefined()
  const { touchesMasked, defines, outputs: own } = statement ?? {}
  const found = !touchesMasked ? 'untouched' : defines ? `D ${named(defines.outputs)}` : named(own)
  expect(found).toBe(outputs)
})
