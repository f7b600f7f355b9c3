import { spend } from '../work.js'
import { uncertain, type Item, type Scope, type ScopeColumn, type Shape, type Source } from './scope.js'

interface Index<T> {
  readonly byName: Map<string, T[]>
  /** How many of the list are in it: items are added to a FROM clause while it is analysed. */
  size: number
}

const add = <T>({ byName }: Index<T>, name: string | undefined, each: T): void => {
  spend()
  if (name === undefined) return
  const known = byName.get(name)
  if (known) known.push(each)
  else byName.set(name, [each])
}

const indexOf = <T>(indices: WeakMap<object, Index<T>>, list: object): Index<T> => {
  const index = indices.get(list) ?? { byName: new Map<string, T[]>(), size: 0 }
  indices.set(list, index)
  return index
}

const shapes = new WeakMap<object, Index<ScopeColumn>>()
const columns = new WeakMap<object, Index<ScopeColumn>>()
const sources = new WeakMap<object, Index<Source>>()

const none: readonly never[] = []

/** The columns of that name. */
export const columnsNamed = (shape: Shape, name: string): readonly ScopeColumn[] => {
  const index = indexOf(shapes, shape.columns)
  for (; index.size < shape.columns.length; index.size++)
    add(index, shape.columns[index.size]?.name, shape.columns[index.size]!)
  return index.byName.get(name) ?? none
}

const unsure = new WeakMap<object, boolean>()

/** Whether a name that isn't among the known ones may still be there. */
export const isUncertain = (shape: Shape): boolean => {
  if (shape.open) return true
  const known = unsure.get(shape.columns)
  if (known !== undefined) return known
  spend(shape.columns.length)
  const found = uncertain(shape)
  unsure.set(shape.columns, found)
  return found
}

/** The columns that a plain name may mean at one level. */
export const columnsAt = ({ items }: Scope, name: string): readonly ScopeColumn[] => {
  const index = indexOf(columns, items)
  for (; index.size < items.length; index.size++)
    for (const column of items[index.size]!.columns) add(index, column.name, column)
  return index.byName.get(name) ?? none
}

/** What columns may be qualified by that name at one level. */
export const sourcesAt = ({ items }: Scope, name: string): readonly Source[] => {
  const index = indexOf(sources, items)
  for (; index.size < items.length; index.size++)
    for (const source of items[index.size]!.sources) add(index, source.name, source)
  return index.byName.get(name) ?? none
}

interface Level {
  size: number
  uncertain: boolean
  tables: boolean
}

const levels = new WeakMap<object, Level>()

/** What is known of all items of one level: whether there may be other names, and whether any is a table. */
export const levelOf = (items: readonly Item[]): Readonly<Omit<Level, 'size'>> => {
  const level = levels.get(items) ?? { size: 0, uncertain: false, tables: false }
  levels.set(items, level)
  for (; level.size < items.length; level.size++) {
    const item = items[level.size]!
    spend(item.sources.length)
    level.uncertain ||= isUncertain(item)
    level.tables ||= item.sources.some((source) => source.table)
  }
  return level
}
