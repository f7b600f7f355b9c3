import type { Message } from '../gateway/relay/wire-client.js'
import { valuesOf } from '../gateway/relay/wire-client.js'

/** A RowDescription without OIDs, which differ from database to database. */
const description = (body: Buffer): string => {
  const fields: string[] = []
  let at = 2
  while (at < body.length) {
    const end = body.indexOf(0, at)
    fields.push(body.toString('utf8', at, end))
    at = end + 19
  }
  return fields.join(' ')
}

/** A name in the text is too long: said once more where pg_stat_statements reads a text for the first time. */
const isTruncation = ({ type, body }: Message): boolean => type === 'N' && body.includes('\0C42622\0')

/** What a client can tell from an answer, in an order of its own: that of rows may hang on how a join was done. */
export const transcript = (messages: readonly Message[]): string =>
  messages
    .filter((message) => !isTruncation(message))
    .map(({ type, body }) => {
      if (type === 'T') return `T ${description(body)}`
      if (type === 'S' || type === 't' || type === 'A') return type
      if (type === 'E' || type === 'N') return `${type} ${body.toString().replaceAll(/\0[PpqWFLR][^\0]*/g, '')}`
      return `${type} ${body.toString('latin1')}`
    })
    .sort()
    .join('\n')

/** The bytes of an answer as a whole, and its values put together by column, for those that were taken apart. */
export const readings = (messages: readonly Message[]): string[] => {
  const columns: string[] = []
  for (const { type, body } of messages) {
    if (type !== 'D') continue
    for (const [index, value] of valuesOf(body).entries())
      columns[index] = (columns[index] ?? '') + (value?.toString('latin1') ?? '')
  }
  return [...messages.map(({ body }) => body.toString('latin1')), ...columns, columns.join('')]
}
