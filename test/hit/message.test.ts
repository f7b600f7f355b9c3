import { test } from 'vitest'
import { VectorPrints } from '../../src/gateway/relay/rows/vector-prints.js'
test('M', () => {
  for (const m of [`invalid input syntax for type vector: "[0.1,0.2,0.3,x]"`, `duplicate [0.1,0.2,0.3] exists`, `DETAIL: Key (e)=([0.1,0.2,0.3]) already exists.`, `malformed vector literal: "[0.1,0.2,0.3"`])
    console.log('M', new VectorPrints().text(m, () => undefined))
})
