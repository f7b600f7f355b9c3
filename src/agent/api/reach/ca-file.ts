import { readFile } from 'node:fs/promises'
import { HoopError } from '../../../lib/errors.js'

/**
 * A CA certificate in PEM.
 * @param code of the error: USAGE for a flag, CONFIG_INVALID for a variable
 */
export async function readCaFile(path: string, code: 'USAGE' | 'CONFIG_INVALID'): Promise<string> {
  const hint = 'Name a PEM file that holds the CA’s certificate.'
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HoopError(code, `cannot read ${path}`, { cause, hint })
  })
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new HoopError(code, `${path} holds no certificate`, { hint })
  return pem
}
