import { HoopError } from '../../../../lib/errors.js'
import { meansUtf8 } from '../../../../sql/settings.js'

/** Settings that the reading of statements rests on, and the only values under which the server reads them as we do. */
const pinned: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['standard_conforming_strings', (value: string) => value === 'on'],
  // The server reports it as it was spelled: UNICODE, utf-8.
  ['client_encoding', meansUtf8],
])

/**
 * Of a guarded session: a setting that the server reports.
 * @throws {HoopError} SETTING_PINNED where statements would be read otherwise than they are analysed
 */
export const assertPinned = (name: string, value: string): void => {
  const wanted = pinned.get(name)
  if (wanted && !wanted(value)) throw new HoopError('SETTING_PINNED', `${name} = ${value}`)
}

/** The same for all settings that the server reported at login. @throws {HoopError} SETTING_PINNED */
export const assertAllPinned = (reported: ReadonlyMap<string, string>): void => {
  for (const name of pinned.keys()) assertPinned(name, reported.get(name) ?? 'unknown')
}
