/**
 * Work that can wait in between: it yields wherever somebody else may go on, after a millisecond of work or less. Whoever
 * runs it says when it goes on.
 */
export type Steps<T> = Generator<undefined, T, undefined>

/** Runs all steps in turns of its own choice. @returns what they come to; it rejects with what they throw */
export type InTurns = <T>(steps: Steps<T>) => Promise<T>

/** All steps without a pause. @throws what they throw */
export const atOnce = <T>(steps: Steps<T>): T => {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** For whoever has nothing else to do meanwhile. */
export const withoutPause: InTurns = async (steps) => atOnce(steps)

/** Items in one step: some tenths of a millisecond. */
export const STEP = 250

/** Does the same to each item, in steps. */
export function* stepwise<T>(items: Iterable<T>, work: (item: T) => void): Steps<void> {
  let left = STEP
  for (const item of items) {
    work(item)
    if (--left > 0) continue
    left = STEP
    yield
  }
}

/** As `Array.flatMap`, in steps. */
export function* mapped<T, R>(items: Iterable<T>, of: (item: T) => readonly R[]): Steps<R[]> {
  const all: R[] = []
  yield* stepwise(items, (item) => {
    for (const each of of(item)) all.push(each)
  })
  return all
}

/** A map of what each item has; a later one replaces an earlier one. */
export function* indexed<T, K, V>(items: Iterable<T>, of: (item: T) => readonly [K, V]): Steps<Map<K, V>> {
  const map = new Map<K, V>()
  yield* stepwise(items, (item) => void map.set(...(of(item) as [K, V])))
  return map
}

/** A map of all that items have by one key. */
export function* grouped<T, K, V>(items: Iterable<T>, of: (item: T) => readonly [K, V]): Steps<Map<K, V[]>> {
  const map = new Map<K, V[]>()
  yield* stepwise(items, (item) => {
    const [key, value] = of(item)
    const known = map.get(key)
    if (known) known.push(value)
    else map.set(key, [value])
  })
  return map
}

/** What each leads to through all others, but for itself. */
export function* closed(direct: ReadonlyMap<number, readonly number[]>): Steps<Map<number, readonly number[]>> {
  const all = new Map<number, readonly number[]>()
  let left = STEP
  for (const [from, next] of direct) {
    const reached = new Set(next)
    for (const each of reached) {
      for (const further of direct.get(each) ?? []) reached.add(further)
      if (--left > 0) continue
      left = STEP
      yield
    }
    reached.delete(from)
    all.set(from, [...reached])
  }
  return all
}
