import { asHoopError, catalogue, type ErrorCode, type HoopError } from '../../lib/errors.js'

/** What one check found. A warning is no failure: the gateway works, and somebody should look. */
export interface CheckResult {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  /** What was found, on one line or several. */
  readonly detail: string
  /** What to do, where there is something to do. */
  readonly hint?: string
}

/** What a check returns: words, or words that are a warning. Failures are thrown. */
export type Finding = string | { readonly warning: string; readonly hint?: string }

/** The catalogue sends people to their operator, and the operator to this check; here the operator reads. */
const operatorHints: Partial<Record<ErrorCode, string>> = {
  UPSTREAM_UNREACHABLE: 'Check host and port in the connection’s url, the network between, and that the server runs.',
  UPSTREAM_TLS: 'Check sslmode and sslrootcert in the connection’s url, and the server’s certificate.',
  UPSTREAM_LOGIN: 'Check the user in the url, the password’s source and the server’s pg_hba.conf.',
  STORE_FAILED: 'Check owner and mode of the file and its folder, and the disk’s space.',
  RECORDING_FAILED: 'Check owner and mode of the folder, and the disk’s space.',
}

const hintOf = ({ code, hint }: HoopError): string =>
  hint === catalogue[code].hint ? (operatorHints[code] ?? hint) : hint

/** Runs one check. Never throws: what goes wrong is the result. */
export const step = async (name: string, check: () => Finding | Promise<Finding>): Promise<CheckResult> => {
  try {
    const found = await check()
    if (typeof found === 'string') return { name, state: 'ok', detail: found }
    return { name, state: 'warning', detail: found.warning, ...(found.hint && { hint: found.hint }) }
  } catch (thrown) {
    const error = asHoopError(thrown)
    const { message, detail } = error
    const hint = hintOf(error)
    const words = [message.trim(), ...(detail ? [detail] : [])].join('\n')
    return { name, state: 'failed', detail: words, ...(hint && { hint }) }
  }
}
