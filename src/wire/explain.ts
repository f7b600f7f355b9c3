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

/**
 * Messages that run one statement under a name of their own and leave neither statement nor portal behind, whatever an
 * earlier use of the name left. Answered by Close, Close, Parse, Bind, rows, CommandComplete, Close, Close; by an error in
 * the place of any.
 */
export const runUnder = (name: string, { text, parameterTypes, parameters, parameterFormats }: BoundText): Buffer => {
  const types = parameterTypes ?? Buffer.alloc(0)
  const formats = [int16(parameterFormats.length), ...parameterFormats.map(int16)]
  const close = (of: 'S' | 'P'): Buffer => frame(Frontend.Close, Buffer.from(of), name)
  return Buffer.concat([
    close('P'),
    close('S'),
    frame(Frontend.Parse, name, text, int16(types.length / 4), types),
    frame(Frontend.Bind, name, name, ...formats, int16(parameters.length), ...parameters.flatMap(value), int16(0)),
    frame(Frontend.Execute, name, Buffer.alloc(4)),
    close('P'),
    close('S'),
  ])
}

/** Closes that end what `runUnder` sends. */
export const closesBehind = 2
