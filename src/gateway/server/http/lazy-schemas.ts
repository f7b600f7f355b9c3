import { createRequire } from 'node:module'
import type validators from '@fastify/ajv-compiler'
import type serializers from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>

type Validators = ReturnType<typeof validators>
type Serializers = ReturnType<typeof serializers>

// Required when a schema is first compiled: loading them takes as long as much of the rest.
const required = createRequire(import.meta.url)
const buildValidator: Validators = (...parts) => (required('@fastify/ajv-compiler') as typeof validators)()(...parts)
const buildSerializer: Serializers = (...parts) =>
  (required('@fastify/fast-json-stringify-compiler') as typeof serializers)()(...parts)

/**
 * Compiles the schema of a route's requests and answers when the first of them comes. Fastify would compile them all
 * before it listens, each answer's with a look at all shared schemas: a third of the work of a gateway's start.
 */
export const lazyCompilers: Compilers = {
  buildValidator: (shared, options) => {
    let [compile, compileExact]: (ReturnType<Validators> | undefined)[] = []
    // What stands in an address is text and is read as what it means; a body says itself what is a number, and "" is no null.
    const customOptions = { ...options?.customOptions, coerceTypes: false }
    const exact = { ...options, customOptions } as Parameters<Validators>[1]
    return (route: Parameters<ReturnType<Validators>>[0]) => {
      let validate: ReturnType<ReturnType<Validators>> | undefined
      // Fastify reads what is wrong from the function that it called.
      const compiled = () =>
        route.httpPart === 'body'
          ? (compileExact ??= buildValidator(shared, exact))(route)
          : (compile ??= buildValidator(shared, options))(route)
      const lazily: { (data: unknown): unknown; errors?: unknown } = (data) => {
        validate ??= compiled()
        const fits: unknown = validate(data)
        lazily.errors = validate.errors
        return fits
      }
      return lazily as ReturnType<ReturnType<Validators>>
    }
  },
  buildSerializer: (shared, options) => {
    let compile: ReturnType<Serializers> | undefined
    return (route) => {
      let serialize: ReturnType<ReturnType<Serializers>> | undefined
      return (data) => (serialize ??= (compile ??= buildSerializer(shared, options))(route))(data)
    }
  },
}
