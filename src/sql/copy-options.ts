import type { CopyFacts } from './facts.js'
import { as, integer, isFields, list, text, word, type Fields } from './tree.js'

interface Option {
  readonly name: string
  readonly value: string | undefined
}

const valueOf = (node: unknown): string | undefined => {
  const boolean = as(node, 'Boolean')
  if (boolean) return boolean['boolval'] === true ? 'true' : 'false'
  const number = integer(as(node, 'Integer'))
  return number === undefined ? word(node) : String(number)
}

/** Options in parentheses, lower case, in order: COPY's and EXPLAIN's alike. */
export const optionsOf = (fields: Fields): readonly Option[] =>
  list(fields['options']).flatMap((node) => {
    const element = as(node, 'DefElem')
    const name = element && text(element['defname'])
    if (name === undefined) return []
    return [{ name: name.toLowerCase(), value: isFields(element?.['arg']) ? valueOf(element['arg']) : undefined }]
  })

/** As PostgreSQL's defGetBoolean reads it: no value means on. Anything odd is taken as on, too. */
export const isOn = (option: Option | undefined): boolean =>
  option !== undefined && !['false', 'off', '0'].includes(option.value?.toLowerCase() ?? 'true')

const formats: ReadonlySet<string> = new Set(['text', 'csv', 'binary'])

/** @returns undefined where the format is one that isn't known. @see PostgreSQL documentation, COPY */
export const copyFacts = (fields: Fields): CopyFacts | undefined => {
  const options = new Map(optionsOf(fields).map((option) => [option.name, option]))
  const given = (name: string, otherwise: string) => options.get(name)?.value ?? otherwise
  const format = given('format', 'text')
  if (!formats.has(format)) return undefined
  const csv = format === 'csv'
  const quote = given('quote', '"')
  return {
    direction: fields['is_from'] === true ? 'in' : 'out',
    format: format as CopyFacts['format'],
    delimiter: given('delimiter', csv ? ',' : '\t'),
    quote,
    escape: given('escape', quote),
    nullText: given('null', csv ? '' : '\\N'),
    header: isOn(options.get('header')),
  }
}
