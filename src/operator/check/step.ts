import { asHoopError } from '../../lib/errors.js'
import { forOperators } from '../../lib/readers.js'

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

/** Runs one check. Never throws: what goes wrong is the result. */
export const step = async (name: string, check: () => Finding | Promise<Finding>): Promise<CheckResult> => {
  try {
    const found = await check()
    if (typeof found === 'string') return { name, state: 'ok', detail: found }
    return { name, state: 'warning', detail: found.warning, ...(found.hint && { hint: found.hint }) }
  } catch (thrown) {
    const { message, detail, hint } = forOperators(asHoopError(thrown))
    const words = [message.trim(), ...(detail ? [detail] : [])].join('\n')
    return { name, state: 'failed', detail: words, ...(hint && { hint }) }
  }
}
