import { bucket } from './kinds/bucket.js'
import { date } from './kinds/date.js'
import { email } from './kinds/email.js'
import { fake } from './kinds/fake.js'
import { hash } from './kinds/hash.js'
import { jsonOf } from './kinds/json.js'
import { nothing } from './kinds/nothing.js'
import { keepFirst, keepLast } from './kinds/partial.js'
import { redact } from './kinds/redact.js'
import { vector } from './kinds/vector.js'
import { bind, isTokenSpec, schemaOf, tokenForms, type BoundMask, type SpecOf, type TokenSpecOf } from './spec.js'

/** Kinds for single values, within JSON too, in the order in which messages name them. */
const valueKinds = {
  ...{ redact, null: nothing, email, hash, fake },
  ...{ keep_first: keepFirst, keep_last: keepLast, bucket, date },
}

/** How a single value is masked, as the policy file says it. */
export type ValueSpec = SpecOf<typeof valueKinds>

const json = jsonOf<ValueSpec>(schemaOf(valueKinds), (spec) => bind(valueKinds, spec))

/** Every kind of mask there is. The schema of the policy file, types, messages and masking itself go by this table. */
export const maskKinds = { ...valueKinds, vector, json }

/** How a column is masked. */
export type MaskSpec = SpecOf<typeof maskKinds>

export const maskSpec = schemaOf(maskKinds)

export const boundMask = (spec: MaskSpec): BoundMask => bind(maskKinds, spec)

/** What becomes of a part of a text in which something was detected. */
export type DetectSpec = TokenSpecOf<typeof valueKinds>

export const isDetectSpec = (spec: MaskSpec): spec is DetectSpec => isTokenSpec(valueKinds, spec)

/** Forms of `DetectSpec`, in words. */
export const detectForms = tokenForms(valueKinds)
