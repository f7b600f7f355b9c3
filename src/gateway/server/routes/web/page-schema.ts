import type { FastifySchema } from 'fastify'
import { schemaOf } from '../schema-of.js'

export const requestId = { type: 'string', pattern: '^[a-z0-9]{1,64}$', description: 'The id, or a beginning of it.' }

export const page = { description: 'A page', content: { 'text/html': { schema: { type: 'string' } } } }

/** The browser is sent on. */
export const found = { description: 'Goes on elsewhere', content: { 'text/html': { schema: { type: 'string' } } } }

/** A route for browsers: it is public as far as tokens go, answers with pages, and takes forms. */
export const pageSchema = (
  id: string,
  summary: string,
  { answers, more }: Pick<Parameters<typeof schemaOf>[0], 'answers' | 'more'>,
): FastifySchema => ({
  ...schemaOf({ id, summary, isPublic: true, answers: { ...answers, default: page as never }, ...(more && { more }) }),
})
