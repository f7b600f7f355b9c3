import { z } from 'zod'
import type { Found, Leaf, MaskKind, Parameter } from './kinds/kind.js'
import type { ColumnType, Masking, ValueMask } from './value-mask.js'

// Each kind has a type of its own for what it is given.
// oxlint-disable-next-line typescript/no-explicit-any
type Kinds = Readonly<Record<string, MaskKind<any>>>

type Word<Name, Kind> = Kind extends { readonly word: true } ? Name : never
type Detailed<Name extends string, Kind> = Kind extends { readonly parameter: Parameter<infer Value> }
  ? { readonly [key in Name]: Value }
  : never

/** How masks of these kinds are written: a kind's name, or `{ name: parameter }`. */
export type SpecOf<Of> = { [Name in keyof Of & string]: Word<Name, Of[Name]> | Detailed<Name, Of[Name]> }[keyof Of &
  string]

/** The kinds of these that can stand for a part of a text, each in its shortest form. */
export type TokenSpecOf<Of> = {
  [Name in keyof Of & string]: Of[Name] extends { readonly token: unknown }
    ? Of[Name] extends { readonly word: true }
      ? Name
      : Detailed<Name, Of[Name]>
    : never
}[keyof Of & string]

/** A mask's kind and what the policy gives it, together. */
export interface BoundMask {
  readonly name: string
  /** In words, with what it goes by: `keep_last 4`, `hash version 2`. */
  readonly words: string
  /** The types that it is for, in words; undefined where it is for all. */
  readonly types: string | undefined
  readonly undivided: boolean
  readonly suits: (type: ColumnType) => boolean
  /** @returns undefined where the value can't be masked so, and has to be redacted */
  make(type: ColumnType, masking: Masking): ValueMask | undefined
  leaf(masking: Masking): Partial<Leaf>
  token(found: Found): string | undefined
}

const wordsOf = ({ parameter }: MaskKind<unknown>, name: string, given: unknown): string => {
  if (given === undefined) return name
  const plain = typeof given === 'string' ? given : JSON.stringify(given)
  return `${name} ${parameter?.words?.(given as never) ?? plain}`
}

/** @param spec of one of these kinds, as the schema lets it through */
export const bind = (kinds: Kinds, spec: string | object): BoundMask => {
  const [name, given] = typeof spec === 'string' ? [spec] : (Object.entries(spec)[0] as [string, unknown])
  const kind = kinds[name] as MaskKind<unknown>
  const suits = (type: ColumnType) => kind.suits?.(type, given) ?? true
  return {
    name,
    ...{ words: wordsOf(kind, name, given), types: kind.types, undivided: kind.undivided ?? false },
    suits,
    make: (type, masking) => (suits(type) ? kind.make(given, type, masking) : undefined),
    leaf: (masking) => kind.leaf?.(given, masking) ?? {},
    token: (found) => kind.token?.(given, found),
  }
}

const listed = (all: readonly string[]): string => `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`

const names = (kinds: Kinds): string[] => Object.keys(kinds).filter((name) => kinds[name]?.word)

const sketches = (kinds: Kinds): string[] => Object.values(kinds).flatMap(({ parameter }) => parameter?.sketch ?? [])

// `with: null` in YAML is the null value, and means the mask of that name.
const nothing = z.null().transform(() => 'null')

/** What the policy file may say of masks of these kinds. */
export const schemaOf = <Of extends Kinds>(kinds: Of): z.ZodType<SpecOf<Of>> => {
  const detailed = Object.entries(kinds).flatMap(([name, { parameter }]) =>
    parameter ? [z.strictObject({ [name]: parameter.schema })] : [],
  )
  const forms = [z.enum(names(kinds)), nothing, ...detailed]
  return z.union(forms, { error: listed([...names(kinds), ...sketches(kinds)]) }) as z.ZodType as z.ZodType<SpecOf<Of>>
}

/** Of these kinds, those that can stand for a part of a text, in words. */
export const tokenForms = (kinds: Kinds): string =>
  listed(
    Object.entries(kinds).flatMap(([name, { token, word, parameter }]) =>
      token ? [word ? name : (parameter?.sketch ?? name)] : [],
    ),
  )

/** Whether a mask can stand for a part of a text. What a kind takes beside its name belongs to columns. */
export const isTokenSpec = (kinds: Kinds, spec: string | object): boolean => {
  const name = typeof spec === 'string' ? spec : Object.keys(spec)[0]!
  const { token, word } = kinds[name] ?? {}
  return token !== undefined && (word === true) === (typeof spec === 'string')
}
