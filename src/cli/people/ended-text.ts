import { type Ended, type HoldingName, holdings } from '../../lib/api/holdings.js'
import { count } from '../text.js'

/** `1 session, 2 grants`: what a revocation ended; a newer gateway may name kinds that this version has no words for. */
export const endedText = ({ sessions, ...held }: Ended): string => {
  const parts = (Object.entries(held) as [HoldingName, number][])
    .filter(([, n]) => n > 0)
    .map(([name, n]) =>
      Object.hasOwn(holdings, name) ? count(n, holdings[name][0], holdings[name][1]) : `${n} ${name}`,
    )
  return [count(sessions, 'session'), ...parts].join(', ')
}
