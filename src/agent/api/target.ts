import { HoopError } from '../../lib/errors.js'
import { readCaFile } from './reach/ca-file.js'
import type { Route } from './reach/dial.js'
import type { Environment } from '../files/environment.js'
import { findSource, type TokenSource } from '../login/workload/source.js'
import { asAddress, findProfile, type Profile } from '../login/profiles.js'
import { proxyFor } from './reach/proxy.js'

/**
 * The gateway that a command means, and as whom it goes there: by HOOP_TOKEN, or else by a profile's login, or else by what
 * the platform has for a program.
 */
export type Target = { readonly route: Route } & (
  | { readonly token: string; readonly profile: Profile | undefined; readonly source?: undefined }
  | { readonly token: undefined; readonly profile: Profile; readonly source?: undefined }
  | { readonly token: undefined; readonly profile: undefined; readonly source: TokenSource }
)

/**
 * Finds the gateway by the flag, HOOP_GATEWAY or the current profile; with HOOP_TOKEN, or a token of the platform, a URL needs no
 * profile.
 * @throws {HoopError} NOT_LOGGED_IN, USAGE, CONFIG_INVALID
 */
export async function findTarget(env: Environment, gateway: string | undefined): Promise<Target> {
  const { HOOP_TOKEN, HOOP_CA, HOOP_GATEWAY } = env
  // A variable that was read from a file often has the line's end.
  const token = HOOP_TOKEN?.trim()
  const wanted = gateway || HOOP_GATEWAY || ''
  const profile = await findProfile(env, wanted || undefined)
  const ca = HOOP_CA ? await readCaFile(HOOP_CA, 'CONFIG_INVALID') : profile?.ca
  const source = token || profile ? undefined : findSource(env)
  if (token || source) {
    const address = profile?.url ?? asAddress(wanted)
    if (address === undefined)
      throw new HoopError('USAGE', 'which gateway?', {
        hint: 'Set HOOP_GATEWAY to its URL, and HOOP_CA to its CA file.',
      })
    const route = routeTo(env, address, ca)
    return source ? { route, token: undefined, profile: undefined, source } : { route, token: token ?? '', profile }
  }
  if (!profile)
    throw new HoopError('NOT_LOGGED_IN', wanted, { hint: `Run: hoop login ${wanted || 'https://HOST:PORT'}` })
  return { route: routeTo(env, profile.url, ca), token: undefined, profile }
}

/** The way to an address, through the environment's proxy. */
export function routeTo(env: Environment, address: string, ca: string | undefined): Route {
  const url = new URL(address)
  const proxy = proxyFor(url, env)
  return { url, ...(ca !== undefined && { ca }), ...(proxy && { proxy }) }
}
