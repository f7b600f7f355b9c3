import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isWebhookAddress } from './webhooks.js'

const copy = z
  .string()
  .refine(
    (text) => /^file:.+$/.test(text) || isWebhookAddress(text),
    'file:FOLDER or an https:// address (http:// only on localhost)',
  )

const isWitnessKey = (vkey: string): boolean => {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? []
  const material = Buffer.from(encoded ?? '', 'base64')
  return material[0] === 4 && createHash('sha256').update(`${name}\n`).update(material).digest('hex').startsWith(id!)
}

const isHttp = (text: string): boolean => {
  const url = URL.parse(text)
  return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.search === '' && url.hash === ''
}

/** Somebody else's `hoop audit witness`, or another that speaks C2SP tlog-witness. */
const witness = z.strictObject({
  /** http too: all that goes there and comes back is signed, and nothing of it is secret. */
  url: z.string().refine(isHttp, 'an http:// or https:// address without user, query and fragment'),
  /** As it prints it. */
  vkey: z.string().refine(isWitnessKey, 'a witness’s verifier key: NAME+ID+KEY'),
})

/** Where the ledger is kept, and who else learns how far it has come. */
export const ledger = z.strictObject({
  /** Beside the recordings, under their name with `-ledger`, unless said. */
  folder: z
    .string()
    .regex(/^file:.+$/, 'file:FOLDER')
    .optional(),
  /** Where each checkpoint goes at once: places that whoever holds this machine can't rewrite. */
  copies: z.array(copy).max(10).default([]),
  /** Who signs each checkpoint that continues the one before. */
  witnesses: z.array(witness).max(10).default([]),
})
