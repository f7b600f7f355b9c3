import { grouped, mapped, STEP, type Steps } from '../steps.js'
import type { Relation } from '../catalog/types.js'
import type { KeyQuestion, KeyQuestions } from './key-question.js'
import type { ForeignKey } from './types.js'

type Relations = ReadonlyMap<number, Relation>

const column = (relations: Relations, table: number, attribute: number) =>
  relations.get(table)?.columns.find((each) => each.attribute === attribute)

const namesOf = (relations: Relations, table: number, attributes: readonly number[]): readonly string[] =>
  attributes.flatMap((attribute) => column(relations, table, attribute)?.name ?? [])

/** Masked columns that one shows. */
const maskedBy = (relations: Relations, table: number, attribute: number): readonly string[] => {
  const { masked, derived = [] } = column(relations, table, attribute) ?? {}
  return masked ? [masked.column] : derived
}

type Asked = readonly [table: number, question: KeyQuestion]

/** What one key asks by itself. */
const asked = (relations: Relations, { parent, child, referred, referring }: ForeignKey): readonly Asked[] => {
  const there = referred.flatMap((attribute) => maskedBy(relations, parent, attribute))
  const here = referring.flatMap((attribute) => maskedBy(relations, child, attribute))
  const all: Asked[] = []
  if (there.length > 0)
    for (const event of ['insert', 'update'] as const)
      all.push([child, { event, columns: namesOf(relations, child, referring), by: 'written', masked: there }])
  if (here.length > 0) {
    const hiding = referred.filter((_, index) => maskedBy(relations, child, referring[index] ?? 0).length > 0)
    const by = namesOf(relations, parent, hiding)
    for (const event of ['update', 'delete'] as const)
      all.push([parent, { event, columns: namesOf(relations, parent, referred), by, masked: here }])
  }
  return all
}

/** CASCADE, SET NULL and SET DEFAULT change the rows that refer. */
const changes = new Set(['c', 'n', 'd'])

/** What a change asks by way of a key that hands it on to the table of `question`. */
const handedOn = (relations: Relations, key: ForeignKey, { event, columns, masked }: KeyQuestion): readonly Asked[] => {
  const meets = namesOf(relations, key.child, key.referring).some((name) => columns.includes(name))
  const own = namesOf(relations, key.parent, key.referred)
  const all: Asked[] = []
  const add = (asks: KeyQuestion['event']): void =>
    void all.push([key.parent, { event: asks, columns: own, by: 'unknown', masked }])
  if (event === 'delete' && key.onDelete === 'c') add('delete')
  if (event === 'update' && meets && (key.onDelete === 'n' || key.onDelete === 'd')) add('delete')
  if (event === 'update' && meets && changes.has(key.onUpdate)) add('update')
  return all
}

/** All changes that foreign keys answer by something masked. */
export function* keyQuestionsOf(relations: Relations, keys: readonly ForeignKey[]): Steps<KeyQuestions> {
  const questions = new Map<number, KeyQuestion[]>()
  const seen = new Set<string>()
  const open = yield* mapped(keys, (key) => asked(relations, key))
  const into = yield* grouped(keys, (key) => [key.child, key] as const)
  let left = STEP
  for (let next = open.pop(); next; next = open.pop()) {
    if (--left === 0) {
      left = STEP
      yield
    }
    const [table, question] = next
    const known = JSON.stringify(next)
    if (seen.has(known)) continue
    seen.add(known)
    questions.set(table, [...(questions.get(table) ?? []), question])
    for (const key of into.get(table) ?? []) open.push(...handedOn(relations, key, question))
  }
  return questions
}
