import { HoopError } from '../../../lib/errors.js'

/** Why a secret can't be had. The message names the place and never the content. */
export class SecretFailure extends HoopError {
  /** What a command wrote to stderr, without what looks like a secret: for the gateway's log, and for nobody else. */
  readonly stderr: string | undefined

  constructor(why: string, stderr?: string) {
    super('SECRET_MISSING', why)
    this.stderr = stderr || undefined
  }
}
