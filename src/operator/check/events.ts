import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Agent } from 'undici'
import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import { readDelivered } from '../../gateway/events/delivered.js'
import { readClientTls } from '../../gateway/events/sending/client-tls.js'
import { dialSyslog } from '../../gateway/events/sending/syslog.js'
import { ledgerFolder } from '../../gateway/host/layout.js'
import { reasonOf } from '../../gateway/webhooks/delivery.js'
import { readCheckpoint } from '../../ledger/log/files.js'
import { parseCheckpointText } from '../../ledger/note/checkpoint.js'
import { parseNote } from '../../ledger/note/note.js'
import type { EventTargetConfig } from '../../policy/config/sections/events.js'
import type { SecretSpec } from '../../policy/config/sections/secret.js'
import type { GatewayConfig } from '../../policy/config/schema.js'
import { type CheckResult, type Finding, step } from './step.js'

const patience = 5_000

type ReadSecret = (spec: SecretSpec) => Promise<string>

/** Whether it could be reached now; nothing is sent. @throws what keeps it from that */
const reach = async ({ file, syslog, webhook }: EventTargetConfig, secret: ReadSecret): Promise<string> => {
  if (file !== undefined) {
    await access(file, constants.W_OK).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await access(dirname(file), constants.W_OK | constants.X_OK)
    })
    return `${file} can be written`
  }
  if (syslog) {
    const socket = await dialSyslog(syslog)
    try {
      await once(socket, 'secureConnect', { signal: deadline(patience) })
      return `${syslog.host}:${syslog.port} answers by ${socket.getProtocol()}`
    } finally {
      socket.on('error', () => undefined).destroy()
    }
  }
  if (webhook) {
    const { origin } = new URL(typeof webhook.url === 'string' ? webhook.url : await secret(webhook.url))
    const agent = new Agent({ connect: await readClientTls(webhook) })
    try {
      // Whatever it says: that it answers is what is looked at, and a receiver of POST gets nothing by a HEAD of its root.
      const answer = await agent.request({ origin, path: '/', method: 'HEAD', signal: deadline(patience) })
      await answer.body.dump()
      return typeof webhook.url === 'string' ? `${origin} answers` : 'its address answers'
    } finally {
      await agent.destroy()
    }
  }
  return 'lines on stdout'
}

/** What of the ledger a target has not taken; a new one has nothing to take yet. */
const behindOf = async (folder: string, name: string): Promise<number> => {
  const checkpoint = await readCheckpoint(folder)
  if (checkpoint === undefined) return 0
  const { origin, size } = parseCheckpointText(parseNote(checkpoint).text)
  const taken = await readDelivered(folder, name, { origin, size: Number(size) })
  if (taken === 'damaged') return Number(size)
  return taken ? Math.max(0, Number(size) - taken.leaf) : 0
}

const target = async (gateway: GatewayConfig, each: EventTargetConfig, secret: ReadSecret): Promise<Finding> => {
  const behind = await behindOf(ledgerFolder(gateway), each.name).catch((error: unknown) => {
    throw new HoopError('LEDGER_FAILED', `what ${each.name} has taken: ${reasonOf(error)}`)
  })
  const waiting = `${behind.toLocaleString('en-US')} ${behind === 1 ? 'leaf' : 'leaves'} of the ledger wait for it`
  try {
    const words = await reach(each, secret)
    return behind === 0 ? words : `${words}; ${waiting}`
  } catch (error) {
    return {
      warning: `it can’t be reached: ${reasonOf(error)}; ${waiting}`,
      hint: 'Events are kept in the ledger, and sent when it can be. Correct gateway.events, or see to the other system.',
    }
  }
}

/** Other systems that get events: a gateway works without them. */
export async function* checkEvents(gateway: GatewayConfig, secret: ReadSecret): AsyncGenerator<CheckResult> {
  for (const each of gateway.events) yield await step(`events ${each.name}`, () => target(gateway, each, secret))
}
