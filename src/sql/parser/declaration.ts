import { all, isFields, list, text, words, type Fields } from '../tree.js'

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Types that come with the server are written as its parser takes them back. */
const typeName = (type: unknown): string => {
  if (!isFields(type)) return 'void'
  const names = words(type['names'])
  const plain = names.length > 1 && names[0] === 'pg_catalog' ? names.slice(1) : names
  const name = plain.map(identifier).join('.')
  const column = type['pct_type'] === true ? '%TYPE' : ''
  return `${type['setof'] === true ? 'SETOF ' : ''}${name}${column}${'[]'.repeat(list(type['arrayBounds']).length)}`
}

/** Columns of RETURNS TABLE are OUT parameters to the body. */
const modes: Readonly<Record<string, string>> = {
  ...{ FUNC_PARAM_OUT: 'OUT ', FUNC_PARAM_TABLE: 'OUT ', FUNC_PARAM_INOUT: 'INOUT ', FUNC_PARAM_VARIADIC: 'VARIADIC ' },
}

const parameter = ({ name, argType, mode }: Fields): string => {
  const called = text(name)
  return `${modes[String(mode)] ?? ''}${called ? `${identifier(called)} ` : ''}${typeName(argType)}`
}

/** A dollar-quoted string; any tag will do that the text does not hold. */
export const dollarQuoted = (source: string): string => {
  let tag = '$hoop$'
  for (let n = 0; source.includes(tag); n++) tag = `$hoop${n}$`
  return `${tag}${source}${tag}`
}

/**
 * CREATE FUNCTION with all that a body in PL/pgSQL is read by: parameters, whether it is a trigger's, what it returns.
 * Defaults and other options say nothing of the body.
 */
export const declaration = (fields: Fields, source: string): string => {
  const parameters = all(fields['parameters'], 'FunctionParameter').map(parameter).join(', ')
  const { returnType, is_procedure: procedure } = fields
  const returns = procedure === true || returnType === undefined ? '' : ` RETURNS ${typeName(returnType)}`
  const kind = procedure === true ? 'PROCEDURE' : 'FUNCTION'
  return `CREATE ${kind} f(${parameters})${returns} LANGUAGE plpgsql AS ${dollarQuoted(source)}`
}
