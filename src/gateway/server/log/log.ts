import { destination, type DestinationStream, type Logger, pino } from 'pino'
import { HoopError } from '../../../lib/errors.js'
import { prettyLine } from './pretty.js'

export type LogFormat = 'json' | 'pretty'

/** Names under which a secret could come along; whoever logs one by mistake logs `[hidden]`. */
const secrets = ['authorization', 'dpop', 'cookie', 'password', 'token', 'secret']

/**
 * An error without the objects that hang on it: drivers attach the connection's settings and the server's detail, which
 * may quote values.
 */
interface Shown {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: string
}

const serializeError = (thrown: unknown): Shown => {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) }
  const code = (thrown as NodeJS.ErrnoException).code
  const known = thrown instanceof HoopError && thrown.code !== 'INTERNAL'
  const cause = thrown.cause === undefined ? undefined : serializeError(thrown.cause)
  return {
    type: thrown.name,
    ...(code !== undefined && { code }),
    message: thrown.message,
    ...(known ? {} : { stack: thrown.stack ?? '' }),
    ...(cause?.message !== undefined && { cause: `${cause.code ? `${cause.code} ` : ''}${cause.message}` }),
  }
}

const prettyStream = (stream: NodeJS.WritableStream): DestinationStream => ({
  write: (line) => void stream.write(prettyLine(line)),
})

/**
 * The gateway's log, on stderr: a line of JSON per entry, or words for a terminal.
 * @param stream stands in for stderr
 */
export const createLog = (format: LogFormat, stream?: NodeJS.WritableStream): Logger =>
  pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[hidden]' },
    },
    format === 'pretty' ? prettyStream(stream ?? process.stderr) : (stream ?? destination({ fd: 2, sync: true })),
  )
