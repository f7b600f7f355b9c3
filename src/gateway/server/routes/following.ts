import type { FastifyRequest } from 'fastify'
import type { PositionLine } from '../../../lib/api/position-line.js'
import type { SessionEvent } from '../../../recording/events.js'
import type { Followed } from '../../../recording/follow.js'
import { findSession } from '../../../store/sessions/queries.js'
import type { HttpDeps } from '../http/deps.js'
import { followingRoute, readBy } from '../../ledger/reads.js'
import { principalOf } from '../http/authentication.js'
import { eventStream, stallsAfter } from '../http/event-stream.js'
import type { App } from '../http/instance.js'
import { schemaOf } from './schema-of.js'
import { visibleTo } from '../http/visible.js'
import { sessionParams } from './sessions.js'

interface Query {
  readonly after?: string
  readonly wait: number
}

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    after: { type: 'string', maxLength: 120, description: 'Position of an answer before; all events without it.' },
    wait: { type: 'integer', minimum: 0, maximum: 25, default: 0, description: 'Seconds for something to come.' },
  },
}

/** Waits for something, until the client has gone, or for so many seconds. */
const patiently = async (
  request: FastifyRequest,
  seconds: number,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  const { socket } = request.raw
  socket.once('close', leave)
  try {
    await wait(AbortSignal.any([gone.signal, AbortSignal.timeout(seconds * 1000)]))
  } finally {
    // The connection may serve many requests more.
    socket.off('close', leave)
  }
}

async function* answer(events: AsyncGenerator<SessionEvent, Followed>, live: boolean): AsyncGenerator<object, void> {
  const { position, closed } = yield* events
  yield { type: 'position', after: position, live: live && !closed } satisfies PositionLine
}

/**
 * The recording of a session that goes on, in answers that are each asked for anew: whoever may not see it any more gets no other. An
 * answer waits for something to come as long as it was asked to.
 */
export const followingRoutes = (app: App, deps: HttpDeps): void => {
  app.get<{ Params: { id: string }; Querystring: Query }>(
    followingRoute,
    {
      schema: schemaOf({
        id: 'followEvents',
        summary: 'The recording from a position on, one event a line, then a line of type position: where to go on.',
        answers: {
          200: { description: 'Events', content: { 'application/x-ndjson': { schema: { type: 'string' } } } },
        },
        more: { params: sessionParams, querystring },
      }),
    },
    async (request, reply) => {
      const { after, wait } = request.query
      const asking = principalOf(request)
      const { id } = await findSession(deps.store.db, request.params.id, visibleTo(deps, asking))
      if (after !== undefined && wait > 0 && deps.live(id))
        await patiently(request, wait, (signal) => deps.grown(id, after, asking.subject, signal))
      // Whoever has waited may have been shut out meanwhile, or have lost the right to see it.
      const person = await deps.admit(asking)
      await findSession(deps.store.db, id, visibleTo(deps, person))
      // Before the file is read: what is written until the session ends is in this answer or the next.
      const live = deps.live(id) !== undefined
      if (after === undefined || !live) await deps.ledger.read(readBy(request, person))
      const stream = await eventStream(answer(deps.following(id, after), live), request.log)
      reply.raw.setTimeout(stallsAfter, () => stream.destroy())
      return reply.type('application/x-ndjson').send(stream)
    },
  )
}
