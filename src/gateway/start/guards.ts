import type { Logger } from 'pino'
import { HoopError } from '../../lib/errors.js'
import type { GuardMaker } from '../connections/runtimes.js'

export const guardMaker =
  (_options: { maskingKey: Buffer; log: Logger }): GuardMaker =>
  async () => {
    throw new HoopError('INTERNAL', 'not landed')
  }
