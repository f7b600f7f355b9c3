import type { Logger } from 'pino'
import type { Webhooks } from '../webhooks/webhooks.js'
import { forClients } from '../../lib/readers.js'
import type { Trouble } from './trouble.js'

export interface AnnounceOptions {
  readonly log: Logger
  readonly webhooks: Pick<Webhooks, 'emit'>
}

const each = (values: readonly (string | undefined)[]): string | undefined =>
  [...new Set(values.filter((value) => value !== undefined))].join(', ') || undefined

/**
 * Says that a connection is quarantined, for what else by now, or that it is back: in the log, and to who hears of alerts.
 * @param login user of the database, where it is about those people alone who log in as another one than the connection's
 */
export const announce = ({ log, webhooks }: AnnounceOptions, connection: string, login?: string) => {
  const of = { connection, ...(login !== undefined && { login }) }
  // Where it goes, everybody in a channel reads it: who the database's users are is nothing for there.
  const whose = login === undefined ? '' : ' by those of its people who have a login of their own'
  return (troubles: readonly Trouble[]): void => {
    const [first] = troubles
    if (!first) {
      log.info(of, 'the connection is no longer quarantined')
      webhooks.emit({
        event: 'alert',
        topic: 'quarantine',
        text: `${connection} can be used again${whose}.`,
        fields: { connection, state: 'available' },
      })
      return
    }
    const found = troubles.map(({ database, policy, error }) => ({
      database,
      policy,
      code: error.code,
      why: error.message,
    }))
    log.error({ ...of, troubles: found }, 'the connection is quarantined: its sessions are refused until this is over')
    webhooks.emit({
      event: 'alert',
      topic: 'quarantine',
      text: `${connection} can’t be used${whose}: ${each(troubles.map(({ error }) => forClients(error).message))}.`,
      fields: {
        connection,
        state: 'quarantined',
        databases: each(troubles.map(({ database }) => database)),
        policies: each(troubles.map(({ policy }) => policy)),
        codes: each(troubles.map(({ error }) => forClients(error).code)),
      },
    })
  }
}
