import { expect, test } from 'vitest'
import { configJsonSchema } from '../../../src/policy/config/schema.js'

interface Schema {
  properties: Record<string, Schema>
  additionalProperties: boolean | Schema
  items: Schema
  required: string[]
}

test('the JSON Schema for editors knows every section, refuses unknown keys and takes text for durations', () => {
  const schema = configJsonSchema() as unknown as Schema
  expect(Object.keys(schema.properties)).toEqual(['gateway', 'identity', 'connections', 'policies'])
  expect(schema.additionalProperties).toBe(false)
  expect(schema.properties['gateway']?.properties['drain']).toMatchObject({ type: 'string' })
  expect(schema.properties['gateway']?.required).toEqual(['url', 'tls'])
  const policy = schema.properties['policies']?.additionalProperties as Schema
  expect(policy.additionalProperties).toBe(false)
  expect(Object.keys(policy.properties['masks']?.items.properties ?? {})).toEqual(
    expect.arrayContaining(['columns', 'with', 'detect', 'except']),
  )
})
