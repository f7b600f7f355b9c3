import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { HoopError } from '../../lib/errors.js'

type Reading = { readonly value: string } | { readonly missing: string }

const fromFile = (path: string): Reading => {
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    return value ? { value } : { missing: `file ${path} is empty` }
  } catch (error) {
    return { missing: `file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` }
  }
}

const fromEnvironment = (name: string, env: NodeJS.ProcessEnv): Reading => {
  const value = env[name]
  return value ? { value } : { missing: `environment variable ${name} is not set` }
}

const read = (spec: string, folder: string, env: NodeJS.ProcessEnv): Reading => {
  const name = spec.replace(/^(?:env|file):/, '')
  return spec.startsWith('env:') ? fromEnvironment(name, env) : fromFile(resolve(folder, name))
}

/**
 * A secret that the configuration names, read anew at each call, so that a rotated one needs no restart.
 * @param spec `env:NAME` or `file:PATH`; a relative path is resolved against `folder`, and the file loses its last line
 * break
 * @returns a function that gives the value or throws SECRET_MISSING; the message names the place, never the content
 * @throws {HoopError} CONFIG_INVALID where the spec has another form
 */
export const secret = (spec: string, folder: string, env: NodeJS.ProcessEnv = process.env): (() => string) => {
  if (!/^(?:env|file):./s.test(spec)) throw new HoopError('CONFIG_INVALID', 'a secret must be env:NAME or file:PATH')
  return () => {
    const reading = read(spec, folder, env)
    if ('missing' in reading) throw new HoopError('SECRET_MISSING', reading.missing)
    return reading.value
  }
}

/** Why a secret can't be had now, or undefined where it can. */
export const whySecretMissing = (spec: string, folder: string, env: NodeJS.ProcessEnv): string | undefined => {
  const reading = read(spec, folder, env)
  return 'missing' in reading ? reading.missing : undefined
}
