import { z } from 'zod'
import { isWebhookAddress } from './webhooks.js'

const copy = z
  .string()
  .refine(
    (text) => /^file:.+$/.test(text) || isWebhookAddress(text),
    'file:FOLDER or an https:// address (http:// only on localhost)',
  )

/** Where the ledger is kept, and who else learns how far it has come. */
export const ledger = z.strictObject({
  /** Beside the recordings, under their name with `-ledger`, unless said. */
  folder: z
    .string()
    .regex(/^file:.+$/, 'file:FOLDER')
    .optional(),
  /** Where each checkpoint goes at once: places that whoever holds this machine can't rewrite. */
  copies: z.array(copy).max(10).default([]),
})
