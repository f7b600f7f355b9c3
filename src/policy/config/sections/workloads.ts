import { z } from 'zod'
import { whyNotPattern } from '../../../masking/detectors/pattern.js'
import { whyNotPinned } from './workload-pins.js'

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

const isSafeAddress = (text: string): boolean => {
  const url = URL.parse(text)
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
}

/** Of people's provider and of workloads' alike. */
export const issuer = z.string().refine(isSafeAddress, 'an https:// address (http:// only on localhost)')

const scalar = z.union([z.string().min(1).max(1000), z.int(), z.boolean()])

const pattern = z.string().superRefine((text, context) => {
  const why = whyNotPattern(text)
  if (why !== undefined) context.addIssue({ code: 'custom', message: why })
})

/** A claim as the issuer writes it, or a path into one with dots. */
const claim = z.string().regex(/^[^\s\p{Cc}]{1,200}$/u, 'the name of a claim')

const condition = z.union([scalar, z.array(scalar).min(1).max(1000), z.strictObject({ pattern })])

/** Signatures only, never a secret that both sides share. */
// prettier-ignore
const algorithm = z.enum([
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
])

/** A trusted issuer of tokens for programs, and which of its tokens are meant: all conditions have to hold. */
const workload = z
  .strictObject({
    issuer,
    /** Where its keys are, in place of what its discovery document names. */
    jwks: z
      .string()
      .refine(
        (text) => /^file:./s.test(text) || isSafeAddress(text),
        'an https:// address (http:// only on localhost) or file:PATH',
      )
      .optional(),
    /** Whom its tokens are for; the gateway's URL where it is left out. */
    audience: z.string().min(1).max(1000).optional(),
    algorithms: z.array(algorithm).min(1).optional(),
    /** Whether the key that exchanged a token may do so again. */
    reuse: z.enum(['never', 'same-key']).default('never'),
    when: z.record(claim, condition),
  })
  .superRefine(({ issuer: from, when }, context) => {
    const why = whyNotPinned(from, when)
    if (why !== undefined) context.addIssue({ code: 'custom', path: ['when'], message: why })
  })

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'a name of letters, digits, dot, dash and underscore')

export const workloads = z.record(name, workload).default({})
