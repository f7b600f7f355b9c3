import type { FastifySchema } from 'fastify'

const error = (description: string) => ({ description, $ref: 'Error#' })

interface Description {
  readonly id: string
  readonly summary: string
  /** Statuses and what comes with them: the name of a schema, or a schema. */
  readonly answers: Readonly<Record<number, string | object>> & { readonly default?: string }
  readonly isPublic?: boolean
  readonly more?: Pick<FastifySchema, 'body' | 'querystring' | 'params'>
}

/** A route's schema, for checking requests, writing answers and the OpenAPI document alike. */
export const schemaOf = ({ id, summary, answers, isPublic = false, more }: Description): FastifySchema => ({
  operationId: id,
  summary,
  ...(isPublic && { security: [] }),
  ...more,
  response: {
    ...Object.fromEntries(
      Object.entries(answers).map(([status, schema]) => [
        status,
        typeof schema === 'string' ? { description: summary, $ref: `${schema}#` } : schema,
      ]),
    ),
    ...(!isPublic && { 401: error('Not logged in, or the proof of possession was refused.') }),
    ...(answers.default === undefined && { default: error('Refused; the code says why.') }),
  },
})
