import { serialize } from 'pg-protocol/dist/serializer.js'
import { frame, type Bind } from './frontend.js'
import { Frontend } from './tags.js'

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])

const value = (parameter: Buffer | null): Buffer[] => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(parameter === null ? -1 : parameter.length)
  return parameter === null ? [length] : [length, parameter]
}

/** A statement with what its parameters are bound to. */
export interface BoundText extends Pick<Bind, 'parameters' | 'parameterFormats'> {
  readonly text: string
  /** OIDs of the parameters' types as Parse has them, four bytes each. */
  readonly parameterTypes?: Buffer | undefined
}

/** By hand: pg-protocol's Bind takes text for UTF-8 and bytes for binary, these are the client's bytes in its formats. */
const bind = (name: string, { parameters, parameterFormats }: BoundText): Buffer => {
  const formats = [int16(parameterFormats.length), ...parameterFormats.map(int16)]
  return frame(Frontend.Bind, name, name, ...formats, int16(parameters.length), ...parameters.flatMap(value), int16(0))
}

const oids = (types: Buffer | undefined): number[] =>
  Array.from({ length: (types?.length ?? 0) / 4 }, (_, i) => types!.readUInt32BE(4 * i))

/**
 * Messages that run one statement under a name of their own and leave neither statement nor portal behind, whatever an
 * earlier use of the name left. Answered by Close, Close, Parse, Bind, rows, CommandComplete, Close, Close; by an error in
 * the place of any.
 * @param name of at most 63 characters
 */
export const runUnder = (name: string, bound: BoundText): Buffer => {
  const closes = (['P', 'S'] as const).map((type) => serialize.close({ type, name }))
  return Buffer.concat([
    ...closes,
    serialize.parse({ name, text: bound.text, types: oids(bound.parameterTypes) }),
    bind(name, bound),
    serialize.execute({ portal: name }),
    ...closes,
  ])
}

/** Closes that end what `runUnder` sends. */
export const closesBehind = 2
