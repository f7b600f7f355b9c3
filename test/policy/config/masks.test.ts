import { expect, test } from 'vitest'
import { accessView } from '../../../src/gateway/access/view.js'
import { configJsonSchema } from '../../../src/policy/config/schema.js'
import { load, minimal, problems } from './files.js'

const written = '{ columns: [public.customers.ssn], with: { keep_last: 4 } }'

test.for<[wrong: string, place: string, problem: string]>([
  ['{ keep_last: 4, keep_first: 2 }', '', 'found a map, expected redact, null, email, '],
  ['{ keep_lst: 4 }', '', 'found a map, expected redact, null, email, '],
  ['{ hash: { version: 0 } }', '.hash.version', 'found 0, expected at least 1'],
  ['{ hash: {} }', '.hash.version', 'found nothing, expected a number'],
  ['{ hash: { version: 1, vresion: 2 } }', '.hash.vresion', 'found an unknown key'],
  ['{ bucket: -5 }', '.bucket', 'found -5, expected a number over 0'],
  ['{ bucket: ten }', '.bucket', 'found "ten", expected a number'],
  ['{ date: day }', '.date', 'found "day", expected one of year, month'],
  ['{ fake: nmae }', '.fake', 'found "nmae", expected one of name, first_name'],
  ['{ json: {} }', '.json', 'found a map, expected at least one path and its mask'],
  ['{ json: { customer.email: email } }', '.json.customer.email', 'found "customer.email", expected a path such as'],
  ['{ json: { $.a: { keep_last: 0 } } }', '.json.$.a.keep_last', 'found 0, expected at least 1'],
  ['{ json: { $.a: vector } }', '.json.$.a', 'found "vector", expected redact, null, email, '],
])('the mask %s is refused, with what is wrong in it', async ([wrong, place, problem]) => {
  const [, found, ...others] = await problems(minimal.replace('{ keep_last: 4 }', wrong))
  expect(found?.replace(/^19:\d+: /, '')).toContain(`policies.research.masks[1].with${place}: ${problem}`)
  expect(others).toEqual([])
})

test.for<[mask: string, line: string]>([
  ['with: hash', ' as hash'],
  ['with: { hash: { version: 2 } }', ' as hash version 2'],
  ['with: { bucket: 0.5 }', ' as bucket 0.5'],
  ['with: { date: month }', ' as date month'],
  ['with: fake', ' as fake'],
  ['with: { fake: first_name }', ' as fake first_name'],
  ['with: { json: { "$.a": email, "$..ssn": { keep_last: 4 } } }', ' as json $.a email, $..ssn keep_last 4'],
  ['with: redact, nulls: hide', ' as redact, NULL too'],
  ['nulls: hide', ', as its type allows, NULL too'],
])('a mask %s is listed in words', async ([mask, line]) => {
  const { config } = await load(minimal.replace(written, `{ columns: [public.customers.ssn], ${mask} }`))
  expect(accessView(config).policies['research']?.masks).toContain(`public.customers.ssn${line}`)
})

test('the JSON Schema for editors knows the masks with their bounds', () => {
  const schema = JSON.stringify(configJsonSchema())
  expect(schema).toContain('"exclusiveMinimum":0')
  for (const key of ['keep_first', 'hash', 'bucket', 'date', 'fake', 'json', 'nulls'])
    expect(schema).toContain(`"${key}"`)
})
