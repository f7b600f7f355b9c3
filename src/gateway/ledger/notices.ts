import { noticeFields } from '../../ledger/notice-fields.js'
import type { Webhooks } from '../webhooks/webhooks.js'
import type { GatewayLedger } from './ledger.js'

/**
 * Enters what operators are told of, besides telling them. Nobody waits for it: whoever has to know that the ledger can't be
 * written is told by itself.
 * @param ledger once it is open
 */
export const withNotices = (
  webhooks: Pick<Webhooks, 'emit'>,
  ledger: () => Pick<GatewayLedger, 'write'> | undefined,
): Pick<Webhooks, 'emit'> => ({
  emit: (event) => {
    webhooks.emit(event)
    if (event.event !== 'alert' || event.isEntered) return
    const notice = { what: event.topic ?? 'alert', text: event.text, fields: noticeFields(event.fields) } as const
    void ledger()
      ?.write('notice', notice)
      .catch(() => undefined)
  },
})
