import type { PersonSeen, RestoreRequest, RevokeAnswer, RevokeRequest } from '../../../lib/api.js'
import type { PersonDetail } from '../../../lib/api/people.js'
import { HoopError } from '../../../lib/errors.js'
import { findPerson, listPeople } from '../../../store/people/people.js'
import { demandRole } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { personDetail } from '../http/people/detail.js'
import { personSeen } from '../http/people/person-seen.js'
import { schemaOf } from './schema-of.js'

/** Who was here, and who is shut out. Admins and auditors see it, admins change it. */
export const peopleRoutes = (app: App, deps: HttpDeps): void => {
  app.get(
    '/v1/people',
    {
      schema: schemaOf({
        id: 'listPeople',
        summary: 'Everybody who was seen here, last seen first.',
        answers: { 200: 'People' },
      }),
    },
    async (request): Promise<{ people: PersonSeen[] }> => {
      demandRole(deps.config(), principalOf(request), 'admin', 'auditor')
      const live = deps.livePerPerson()
      const people = await listPeople(deps.store.db)
      return { people: people.map((person) => personSeen({ denied: deps.denied, livePerPerson: () => live }, person)) }
    },
  )

  app.get<{ Querystring: { person: string } }>(
    '/v1/people/show',
    {
      schema: schemaOf({
        id: 'getPerson',
        summary: 'What somebody can reach now, why and since when, and what they hold.',
        answers: { 200: 'Person' },
        more: {
          querystring: {
            type: 'object',
            additionalProperties: false,
            properties: {
              person: { type: 'string', minLength: 1, maxLength: 255, description: 'Subject, name or e-mail address.' },
            },
            required: ['person'],
          },
        },
      }),
    },
    async (request): Promise<PersonDetail> => {
      const { subject, name, groups } = principalOf(request)
      demandRole(deps.config(), { groups }, 'admin', 'auditor')
      const person = await findPerson(deps.store.db, request.query.person)
      return personDetail(deps, person.subject, { subject, name, groups })
    },
  )

  app.post<{ Body: RevokeRequest }>(
    '/v1/people/revoke',
    {
      schema: schemaOf({
        id: 'revokePerson',
        summary: 'Shuts somebody out: live sessions end, and nothing of theirs is taken any more.',
        answers: { 200: 'Revoked' },
        more: { body: { $ref: 'RevokeRequest#' } },
      }),
    },
    async (request): Promise<RevokeAnswer> => {
      const { subject: own, name, groups } = principalOf(request)
      demandRole(deps.config(), { groups }, 'admin')
      const { person: wanted, reason, until: text, unseen } = request.body
      const until = text === undefined ? undefined : new Date(text)
      if (until && until.getTime() <= Date.now()) throw new HoopError('USAGE', 'that time is over already')
      const person = unseen ? { subject: wanted, name: wanted } : await findPerson(deps.store.db, wanted)
      // The last admin would lock everybody out, and a stolen token could only do it to its owner.
      if (person.subject === own)
        throw new HoopError('ACCESS_DENIED', 'nobody revokes themselves', {
          hint: 'Ask another administrator, or end your sessions: hoop sessions kill --person NAME',
        })
      const done = await deps.control.revoke(person.subject, { by: { subject: own, name }, reason }, until)
      return { subject: person.subject, name: person.name, ...done }
    },
  )

  app.post<{ Body: RestoreRequest }>(
    '/v1/people/restore',
    {
      schema: schemaOf({
        id: 'restorePerson',
        summary: 'Lets somebody in again who was shut out.',
        answers: { 200: 'Restored' },
        more: { body: { $ref: 'RestoreRequest#' } },
      }),
    },
    async (request): Promise<{ subject: string; name: string }> => {
      const { subject: by, name, groups } = principalOf(request)
      demandRole(deps.config(), { groups }, 'admin')
      const { person: wanted } = request.body
      const person = await findPerson(deps.store.db, wanted).catch((error: unknown) => {
        // A subject that was never seen can be shut out, so it can be let in.
        if (deps.denied.find(wanted)) return { subject: wanted, name: wanted }
        throw error
      })
      await deps.control.restore(person.subject, { subject: by, name })
      return { subject: person.subject, name: person.name }
    },
  )
}
