import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { builtinType } from '../../src/masking/builtin-types.js'
import { redacted } from '../../src/masking/kinds/redact.js'
import { boundMask, detectForms, isDetectSpec, maskKinds, maskSpec, type MaskSpec } from '../../src/masking/registry.js'
import { valueMask } from '../../src/masking/value-masker.js'
import { explainColumn } from '../../src/policy/explanation.js'
import { key, mask, text, typed } from './types.js'

const page = await readFile(new URL('../../docs/masking.md', import.meta.url), 'utf8')

/** One mask of each kind and form; a kind that is missing here fails the first test. */
const specs: MaskSpec[] = [
  ...(['redact', 'null', 'email', 'hash', 'fake', 'vector'] as const),
  ...[{ hash: { version: 2 } }, { fake: 'city' as const }, { keep_first: 2 }, { keep_last: 2 }],
  ...[{ bucket: 10 }, { date: 'year' as const }, { json: { '$.a': 'email' as const } }],
]

test('every kind of mask is written as the schema says, and comes out as it went in', () => {
  expect(new Set(specs.map((spec) => boundMask(spec).name))).toEqual(new Set(Object.keys(maskKinds)))
  for (const spec of specs) expect(maskSpec.parse(spec)).toEqual(spec)
})

test('every kind of mask and the types that it is for stand in the documentation', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  for (const [name, kind] of Object.entries(maskKinds)) {
    const row = rows.find((line) => line.split('|')[1]?.includes(name))
    expect(row, name).toBeDefined()
    expect(row!.split('|')[3]?.replaceAll('`', ''), name).toContain('types' in kind ? kind.types : 'every type')
  }
})

const types = [
  ...[text, typed('varchar', 24), typed('int4'), typed('numeric'), typed('float8'), typed('bool'), typed('date')],
  ...[typed('timestamptz'), typed('uuid'), typed('bytea'), typed('json'), typed('jsonb'), typed('vector', 3)],
  ...[builtinType(1009, -1)!, { ...text, kind: 'e' as const, name: 'mood', labels: ['calm'] }],
]

test.for(specs)('the mask %o redacts every type that it is not for', (spec) => {
  const { suits } = boundMask(spec)
  for (const type of types) {
    const made = valueMask(mask(spec, type), 0, key)
    const element = type.kind === 'a' ? type.element! : type
    if (!suits(element)) expect([type.name, made]).toEqual([type.name, redacted(type, 0, key, 'public.t.v')])
    else if (spec !== 'redact' && spec !== 'null' && spec !== 'vector')
      expect([type.name, made.kind]).toEqual([type.name, 'varying'])
  }
})

test('what is detected takes the forms that a part of a text can have', () => {
  expect(detectForms).toBe('redact, null, hash, { keep_first: n } or { keep_last: n }')
  const taken = specs.filter((spec) => isDetectSpec(spec))
  expect(taken).toEqual(['redact', 'null', 'hash', { keep_first: 2 }, { keep_last: 2 }])
})

test('a mask that is not for its column’s type is explained as what it does', () => {
  const positions = { mask: () => undefined, detector: () => undefined, rule: () => undefined, when: () => undefined }
  const explained = (spec: MaskSpec, name: string) => {
    const facts = { field: undefined, known: undefined, mask: mask(spec, typed(name)), scan: undefined }
    const { does, words } = explainColumn(facts, 0, { positions, catalog: undefined })
    return [does, words]
  }
  expect(explained({ keep_last: 2 }, 'text')).toEqual(['keep_last', 'masked: keep_last 2'])
  expect(explained({ keep_last: 2 }, 'int4')).toEqual(['redact', 'redacted: keep_last is for text, not for int4'])
})
