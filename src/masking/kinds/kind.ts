import type { z } from 'zod'
import type { ColumnType, Masking, ValueMask } from '../value-mask.js'

/** What a mask takes to go by: `{ keep_last: 4 }`. */
export interface Parameter<Value> {
  readonly schema: z.ZodType<Value>
  /** The same as somebody writes it, for messages: `{ keep_last: n }`. */
  readonly sketch: string
  /** For people, where the value alone doesn't say it: `version 2`. */
  readonly words?: (value: Value) => string
}

/** What becomes of the values at one path of a JSON document, by what JSON they are. */
export interface Leaf {
  /** Takes and gives the characters, without quotes; null is JSON's null. */
  text(value: string): string | null
  /** Takes and gives JSON. */
  number(value: string): string
  readonly boolean: string
  /** What stands for an object. */
  readonly object: string
  /** What stands for an array; undefined where each of its elements is masked instead. */
  readonly array: string | undefined
}

/** Something that a detector found within a text. */
export interface Found {
  /** The detector's name. */
  readonly detector: string
  /** What was found, with escapes undone. */
  readonly text: string
  /** Of what was found, under the gateway's key. */
  readonly hash: () => string
}

/**
 * One kind of mask: everything that hoop knows of it. Where `make` says undefined the value is redacted, never shown.
 * @typeParam Given what the policy gives it; with undefined where its name alone is enough
 */
export interface MaskKind<Given> {
  /** Its name alone is a mask: `with: email`. */
  readonly word?: true
  readonly parameter?: Parameter<NonNullable<Given>>
  /** The types that it is for, in words; every type where it isn't said. */
  readonly types?: string
  /** Whether it is for that type; for every type where it isn't said. */
  readonly suits?: (type: ColumnType, given: Given) => boolean
  /** Arrays are masked as one value and not by element. */
  readonly undivided?: true
  /** @returns undefined where the value can't be masked so, though the type suits */
  readonly make: (given: Given, type: ColumnType, masking: Masking) => ValueMask | undefined
  /** What is different within JSON: without it texts are masked as `text`, numbers as `numeric` or `int8`. */
  readonly leaf?: (given: Given, masking: Masking) => Partial<Leaf>
  /** What stands for something found within a text; absent where the mask needs a column to itself. */
  readonly token?: (given: Given, found: Found) => string
}
