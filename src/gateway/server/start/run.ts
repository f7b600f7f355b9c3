import { constants } from 'node:os'
import { catalogue, HoopError } from '../../../lib/errors.js'
import { forOperators } from '../../../lib/readers.js'
import { createLog, type LogFormat } from '../log/log.js'
import { startGateway } from './start.js'

export interface RunOptions {
  readonly config: string
  readonly listen?: string | undefined
  /** Milliseconds; the configuration's where it is left out. */
  readonly drain?: number | undefined
  readonly version: string
  readonly format: LogFormat
  readonly listening: (url: string) => void
}

/**
 * Runs a gateway until a signal stops it, or a defect does.
 * @returns the exit status: 0 after SIGTERM, 130 after Ctrl-C, 70 after a defect of ours, 74 where its recordings or its
 * store were taken away
 * @throws {HoopError} where it can't start
 */
export const runGateway = async ({ drain, format, listening, ...options }: RunOptions): Promise<number> => {
  const log = createLog(format)
  const gateway = await startGateway({ ...options, log }).catch((error: unknown) => {
    throw error instanceof HoopError ? forOperators(error) : error
  })
  const stopped = Promise.withResolvers<number>()
  let asked = false

  const stop = (status: number, ms: number) => {
    void gateway.close(asked ? 0 : ms).then(
      () => stopped.resolve(status),
      (error: unknown) => stopped.reject(error instanceof Error ? error : new Error(String(error))),
    )
    asked = true
  }
  const onSignal = (signal: NodeJS.Signals) => {
    log.info({ signal }, asked ? 'ending at once' : 'stopping')
    stop(signal === 'SIGINT' ? 128 + constants.signals.SIGINT : 0, drain ?? gateway.drain)
  }
  // What nobody expected leaves nothing to rely on: sessions are ended, and a supervisor starts anew.
  const onDefect = (err: unknown) => {
    log.fatal({ err }, 'a defect: the gateway stops')
    stop(catalogue.INTERNAL.exit, 0)
  }
  // A supervisor starts anew, on what is there by then.
  void gateway.lost.then(({ exit }) => stop(exit, 0))
  const onReload = () => void gateway.reload()

  const handlers = { SIGTERM: onSignal, SIGINT: onSignal, SIGHUP: onReload, uncaughtException: onDefect } as const
  for (const [event, handler] of Object.entries(handlers)) process.on(event, handler)
  process.on('unhandledRejection', onDefect)
  try {
    listening(gateway.url)
    log.info({ url: gateway.url, version: options.version, pid: process.pid }, 'listening')
    return await stopped.promise
  } finally {
    for (const [event, handler] of Object.entries(handlers)) process.off(event, handler)
    process.off('unhandledRejection', onDefect)
    log.info('stopped')
  }
}
