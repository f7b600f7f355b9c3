import { configJsonSchema } from '../../src/policy/config/schema.js'

interface Schema {
  readonly type?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | false
  readonly items?: Schema
}

export interface Key {
  /** `policies.NAME.masks[].with` */
  readonly path: string
  /** What may be written there. */
  readonly value: string
  /** In JSON; undefined where there is none. */
  readonly default: string | undefined
  readonly required: boolean
}

const plain: Readonly<Record<string, string>> = {
  ...{ string: 'text', integer: 'whole number', number: 'number', boolean: '`true` or `false`' },
}

const valueOf = ({ type, enum: values, const: only, anyOf, items }: Schema): string => {
  if (values) return values.map((value) => `\`${String(value)}\``).join(', ')
  if (only !== undefined) return `\`${typeof only === 'string' ? only : JSON.stringify(only)}\``
  if (anyOf) return 'one of several forms'
  if (type === 'array') return items?.properties ? 'list' : `list: ${items ? valueOf(items) : ''}`
  return plain[type ?? ''] ?? 'map'
}

/** Lists of names too long for a cell stand on pages of their own. */
const short = (value: string): string => (value.length > 200 ? 'list of names' : value)

const walk = (schema: Schema, path: string): Key[] => {
  if (schema.items) return walk(schema.items, `${path}[]`)
  const inner = schema.additionalProperties ? walk(schema.additionalProperties, `${path}.NAME`) : []
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    const at = path === '' ? name : `${path}.${name}`
    const deeper = walk(each, at)
    const required = schema.required?.includes(name) ?? false
    const without = each.default === undefined || (deeper.length > 0 && JSON.stringify(each.default) === '{}')
    const key = { path: at, value: short(valueOf(each)), default: without ? undefined : JSON.stringify(each.default) }
    return [{ ...key, required }, ...deeper]
  })
  return [...own, ...inner]
}

/** Every key that `hoop.yaml` may have, in the schema's order. */
export const keys: readonly Key[] = walk(configJsonSchema(), '')
