import { hash } from 'node:crypto'
import { isLong } from '../../../../policy/texts/long-texts.js'
import type { Given, Nearest } from '../../../../sql/facts.js'
import { formatAt } from '../../../../wire/frontend.js'
import { binaryElements, textElements } from './elements.js'

/** Parameters of a Bind. */
export interface BoundParameters {
  readonly parameters: readonly (Buffer | null)[]
  readonly parameterFormats: readonly number[]
}

export const noParameters: BoundParameters = { parameters: [], parameterFormats: [] }

/** What the parameters of a statement are when it runs. */
export interface Arguments {
  /** As it is recorded. */
  readonly text: string
  readonly bound: BoundParameters
  /** Of EXECUTE, which gives them in its text: as one value each, or as the members of an array. */
  readonly given?: readonly { readonly one: Given; readonly members: readonly Given[] }[]
  /** Tells this run of the statement from all others; without it, only its text and parameters do. */
  readonly run?: string
  /** Of a vector, spaces say nothing. */
  readonly spaceless?: true
}

export const digest = (...parts: readonly string[]): string =>
  hash('sha256', JSON.stringify(parts), 'base64').slice(0, 22)

/** Of a long text, what stands for it: it may have many statements, each of which wants to know. */
let last = { text: '', brief: '' }
const brief = (text: string): string => {
  if (!isLong(text)) return text
  if (last.text !== text) last = { text, brief: digest('long', text) }
  return last.brief
}

/** The same for each run of the statement with the same parameters, and for no other; for one run, where that is told. */
const whole = ({ text, bound, run = '' }: Arguments): string =>
  digest('all', run, brief(text), ...bound.parameters.map((value) => value?.toString('base64') ?? ''))

const ofText = (text: string, { spaceless }: Arguments): string =>
  digest('text', spaceless ? text.replace(/\s+/g, '') : text)

/** In text and in binary the same value counts as two: which type it has is not known here. */
const ofBytes = (value: Buffer, binary: boolean, from: Arguments): string =>
  binary ? digest('binary', value.toString('base64')) : ofText(value.toString('utf8'), from)

const parameter = (number: number, from: Arguments): string => {
  const given = from.given?.[number - 1]
  if (given) return keysOf(given.one, { ...from, given: [] })?.join(' ') ?? whole(from)
  const value = from.bound.parameters[number - 1]
  if (!value) return digest('null')
  return ofBytes(value, formatAt(from.bound.parameterFormats, number - 1) === 1, from)
}

/** @returns undefined where nobody can say how many there are */
const listed = (list: Extract<Given, { list: unknown }>['list'], from: Arguments): readonly string[] | undefined => {
  if (list === 'unknown') return undefined
  if ('text' in list) return textElements(list.text)?.map((each) => ofText(each, from))
  const given = from.given?.[list.parameter - 1]
  if (given) return together(given.members, { ...from, given: [] })
  const value = from.bound.parameters[list.parameter - 1]
  if (!value) return []
  if (formatAt(from.bound.parameterFormats, list.parameter - 1) === 1)
    return binaryElements(value)?.map((element) => ofBytes(element, true, from))
  return textElements(value.toString('utf8'))?.map((each) => ofText(each, from))
}

/**
 * One for each vector that a search is made with.
 * @returns undefined where nobody can say how many there are
 */
export const searchKeys = (
  { vector, form }: Omit<Nearest, 'limit'>,
  given: Arguments,
): readonly string[] | undefined => {
  const from: Arguments = { ...given, spaceless: true }
  const made = form === undefined ? [] : (keysOf(form, from) ?? [])
  const keys = keysOf(vector, from)
  return made.length === 0 ? keys : keys?.map((key) => digest(key, ...made))
}

const together = (several: readonly Given[], from: Arguments): readonly string[] | undefined => {
  const keys = several.map((each) => keysOf(each, from))
  return keys.includes(undefined) ? undefined : keys.flatMap((each) => each ?? [])
}

/**
 * What tells something that a client gave from all else: as many keys as it has members.
 * @returns undefined where nobody can say how many there are
 */
export const keysOf = (given: Given, from: Arguments): readonly string[] | undefined => {
  if (given === 'run') return [whole(from)]
  if ('text' in given) return [ofText(given.text, from)]
  if ('parameter' in given) return [parameter(given.parameter, from)]
  if ('list' in given) return listed(given.list, from)
  return [digest('computed', given.shape, ...(together(given.of, from) ?? [whole(from)]))]
}
