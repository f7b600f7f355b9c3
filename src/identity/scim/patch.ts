import { bad } from './error.js'
import { type Filter, parseBracketed } from './filter.js'
import { costOf, matches, type Resource } from './match.js'
import { type Draft, field, isObject, joined } from './operations.js'
import { cleanValue, limits } from './resource.js'
import { type Attribute, attributeOf, type Attributes, pathNames } from './schema.js'
import { Words } from './words.js'

type Op = 'add' | 'replace' | 'remove'

/** Operations in one request. */
const most = 1000

interface Target {
  /** What the attribute is in: the resource, or a complex attribute of it. */
  readonly holder: Draft
  readonly name: string
  readonly attribute: Attribute
  readonly filter?: Filter
  /** Of each element. */
  readonly sub?: readonly [name: string, attribute: Attribute]
}

/** Comparisons with elements that the operations of one request may take, all together: they are done in one go, while others wait. */
const mostComparisons = 1_000_000

/** What one request has cost so far. */
class Work {
  #comparisons = 0

  /** @throws {ScimError} tooMany */
  spend({ holder, name, attribute, filter }: Target): void {
    const list = attribute.multi === true ? holder[name] : undefined
    // Elements are looked at until one fits, and then each.
    const each = filter === undefined ? 1 : 2 * costOf(filter)
    this.#comparisons += (Array.isArray(list) ? list.length : 1) * each
    if (this.#comparisons > mostComparisons)
      throw bad(
        'tooMany',
        'its operations go through long lists too often: send fewer at once, members as one list, or shorter filters',
      )
  }
}

const known = (attributes: Attributes | undefined, name: string, path: string): [string, Attribute] => {
  const found = attributes && attributeOf(attributes, name)
  if (!found) throw bad('invalidPath', `there is no attribute ${path}`)
  return found
}

/** @see RFC 7644, section 3.5.2, figure 7 */
const resolve = (draft: Draft, attributes: Attributes, path: string): Target => {
  const words = new Words(path)
  const names = pathNames(words.name())
  const filter = words.try('[') ? parseBracketed(words) : undefined
  const tail = filter && words.tail()
  words.end()
  let [holder, inside]: [Draft, Attributes | undefined] = [draft, attributes]
  for (;;) {
    const [name, attribute] = known(inside, names.shift() ?? '', path)
    if (attribute.readOnly === true) throw bad('mutability', `${name} can’t be changed`)
    const [next] = names
    if (attribute.multi === true) {
      if (names.length > 1) throw bad('invalidPath', `there is no attribute ${path}`)
      const sub = tail ?? next
      return {
        ...{ holder, name, attribute },
        ...(filter && { filter }),
        ...(sub !== undefined && { sub: known(attribute.inside, sub, path) }),
      }
    }
    if (filter) throw bad('invalidPath', `${name} has no elements`)
    if (next === undefined) return { holder, name, attribute }
    if (!isObject(holder[name])) holder[name] = {}
    ;[holder, inside] = [holder[name] as Draft, attribute.inside]
  }
}

/** The same for elements that are alike: by value and type where they have a value, or else by all of it. */
const likeness = (one: unknown): string =>
  JSON.stringify(isObject(one) && one['value'] !== undefined ? [one['value'], one['type']] : one)

/** By list, since one request may add to it a thousand times. */
const likenesses = new WeakMap<readonly unknown[], Set<string>>()

/** @throws {ScimError} invalidValue where that would be too many */
const addElements = (elements: readonly unknown[], given: readonly unknown[], name: string): unknown[] => {
  const known = likenesses.get(elements) ?? new Set(elements.map(likeness))
  const news = new Map(given.map((one) => [likeness(one), one]))
  const added = [...news].flatMap(([key, one]) => (known.has(key) ? [] : [one]))
  if (elements.length + added.length > limits.list)
    throw bad('invalidValue', `${name} would have more than ${limits.list} elements`)
  const after = onePrimary([...elements, ...added], added)
  if (!added.some((one) => isObject(one) && one['primary'] === true)) {
    for (const one of added) known.add(likeness(one))
    likenesses.set(after, known)
  }
  return after
}

/** What an element has to have to fit: `type eq "work"` makes a `{type: "work"}`. */
const implied = (filter: Filter): Draft => {
  if (filter.kind === 'and') return { ...implied(filter.left), ...implied(filter.right) }
  return filter.kind === 'compare' && filter.operator === 'eq' ? { [filter.path]: filter.value } : {}
}

/** Where one becomes the primary, no other is (RFC 7643, section 2.4). */
const onePrimary = (elements: readonly unknown[], changed: readonly unknown[]): unknown[] => {
  const isNew = changed.some((one) => isObject(one) && one['primary'] === true)
  if (!isNew) return [...elements]
  const ours = new Set(changed)
  return elements.map((one) =>
    isObject(one) && one['primary'] === true && !ours.has(one) ? { ...one, primary: false } : one,
  )
}

const set = (holder: Draft, name: string, value: unknown): void => {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) delete holder[name]
  else holder[name] = value
}

const changeElements = (target: Target, op: 'add' | 'replace', value: unknown): void => {
  const { holder, name, attribute, filter, sub } = target
  const elements = (holder[name] ?? []) as readonly Draft[]
  const inside = attribute.inside ?? {}
  const clean = (): Draft =>
    sub ? { [sub[0]]: cleanValue(value, sub[0], sub[1]) } : ((cleanValue(value, name, attribute) as Draft[])[0] ?? {})
  if (!filter && !sub) {
    const given = (cleanValue(value, name, attribute) ?? []) as readonly Draft[]
    if (op === 'replace') return set(holder, name, given)
    return set(holder, name, addElements(elements, given, name))
  }
  const isMeant = (one: Draft): boolean => !filter || matches(filter, one, inside)
  if (!elements.some(isMeant)) {
    if (op === 'replace' || !filter) throw bad('noTarget', `nothing in ${name} fits`)
    const made = (cleanValue({ ...implied(filter), ...clean() }, name, attribute) as Draft[])[0]!
    return set(holder, name, onePrimary([...elements, made], [made]))
  }
  const changed: Draft[] = []
  const after = elements.map((one) => {
    if (!isMeant(one)) return one
    changed.push({ ...one, ...clean() })
    return changed.at(-1)!
  })
  set(holder, name, onePrimary(after, changed))
}

const remove = ({ holder, name, attribute, filter, sub }: Target, value: unknown): void => {
  if (attribute.multi !== true) return set(holder, name, undefined)
  const elements = (holder[name] ?? []) as readonly Draft[]
  // Entra takes members out by listing them beside the path.
  const listed =
    value === undefined || value === null ? undefined : (cleanValue(value, name, attribute) as Draft[] | undefined)
  if (listed && !filter && !sub) {
    const values = new Set(listed.map((other) => other['value']))
    return set(
      holder,
      name,
      elements.filter((one) => !values.has(one['value'])),
    )
  }
  const isMeant = (one: Draft): boolean => !filter || matches(filter, one, attribute.inside ?? {})
  if (!sub)
    return set(
      holder,
      name,
      elements.filter((one) => !isMeant(one)),
    )
  const without = ({ [sub[0]]: _gone, ...rest }: Draft): Draft => rest
  set(
    holder,
    name,
    elements.map((one) => (isMeant(one) ? without(one) : one)),
  )
}

const change = (draft: Draft, attributes: Attributes, op: Op, path: string, value: unknown, work: Work): void => {
  const target = resolve(draft, attributes, path)
  work.spend(target)
  if (op === 'remove') return remove(target, value)
  const { holder, name, attribute } = target
  if (attribute.multi === true) return changeElements(target, op, value)
  const clean = cleanValue(value, name, attribute)
  const before = holder[name]
  const merged = attribute.type === 'complex' && isObject(before) && isObject(clean) ? { ...before, ...clean } : clean
  set(holder, name, merged)
}

/** Each attribute of a value without a path; those of the server's making are passed over. */
const each = (draft: Draft, attributes: Attributes, op: Op, value: unknown, work: Work): void => {
  if (!isObject(value)) throw bad('invalidValue', 'without a path the value has to be an object')
  for (const [path, part] of Object.entries(value)) {
    if (path.toLowerCase() === 'schemas' || attributeOf(attributes, path)?.[1].readOnly === true) continue
    change(draft, attributes, op, path, part, work)
  }
}

const operation = (draft: Draft, attributes: Attributes, given: unknown, work: Work): void => {
  if (!isObject(given)) throw bad('invalidSyntax', 'an operation is no object')
  const named = field(given, 'op')
  const op = (['add', 'replace', 'remove'] as const).find(
    (one) => typeof named === 'string' && one === named.toLowerCase(),
  )
  if (!op) throw bad('invalidSyntax', 'op is add, replace or remove')
  const [path, value] = [field(given, 'path') ?? undefined, field(given, 'value')]
  if (path === undefined || path === '') {
    if (op === 'remove') throw bad('noTarget', 'remove takes a path')
    return each(draft, attributes, op, value, work)
  }
  if (typeof path !== 'string') throw bad('invalidPath', 'the path is no text')
  change(draft, attributes, op, path, value, work)
}

/**
 * A resource with a PatchOp applied, all of it or nothing.
 * @throws {ScimError} invalidSyntax, invalidPath, invalidFilter, invalidValue, noTarget, mutability
 * @see RFC 7644, section 3.5.2
 */
export const patched = (resource: Resource, attributes: Attributes, body: unknown): Resource => {
  const operations = isObject(body) ? field(body, 'Operations') : undefined
  if (!Array.isArray(operations) || operations.length === 0) throw bad('invalidSyntax', 'there are no Operations')
  if (operations.length > most) throw bad('tooMany', `there are more than ${most} operations`)
  const draft = structuredClone(resource) as Draft
  const work = new Work()
  for (const each of joined(operations as unknown[])) operation(draft, attributes, each, work)
  return draft
}
