import { readFile } from 'node:fs/promises'
import type { ClientTls } from '../../../policy/config/sections/events.js'

/** Read at each attempt, so that a renewed certificate is taken up by itself. */
export const readClientTls = async ({ ca, cert, key }: ClientTls) => ({
  ...(ca !== undefined && { ca: await readFile(ca) }),
  ...(cert !== undefined && { cert: await readFile(cert) }),
  ...(key !== undefined && { key: await readFile(key) }),
})
