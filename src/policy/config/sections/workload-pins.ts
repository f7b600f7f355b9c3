import { RE2JS } from 're2js'
import { whyNotPattern } from '../../../masking/detectors/pattern.js'

/** What a claim has to be: a value, one of several, or all of it fitting a pattern. */
export type ClaimCondition = Scalar | readonly Scalar[] | { readonly pattern: string }
type Scalar = string | number | boolean

/** Issuers that sign for everybody who has an account there, and the claims of which one has to be said. */
const shared: readonly {
  readonly fits: (issuer: URL) => boolean
  readonly pins: readonly string[]
  readonly everybody: string
}[] = [
  {
    fits: ({ hostname, pathname }) =>
      hostname === 'token.actions.githubusercontent.com' || pathname.endsWith('/_services/token'),
    pins: ['repository_id', 'repository_owner_id'],
    everybody: 'every repository on GitHub',
  },
  {
    fits: ({ hostname }) => hostname === 'gitlab.com',
    pins: ['project_id', 'namespace_id'],
    everybody: 'every project on GitLab',
  },
]

/** Claims that say under what circumstances something runs, and of nobody who it is: anybody can have a branch called main. */
const circumstances = new Set([
  ...['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sha', 'head_ref', 'base_ref', 'run_id', 'run_number', 'run_attempt'],
  ...['ref', 'ref_type', 'ref_path', 'ref_protected', 'environment', 'environment_protected', 'deployment_tier'],
  ...['event_name', 'workflow', 'workflow_ref', 'workflow_sha', 'job_workflow_ref', 'job_workflow_sha', 'job_id'],
  ...['pipeline_id', 'pipeline_source', 'runner_id', 'runner_environment', 'runner_group', 'actor', 'user_login'],
  ...['visibility', 'repository_visibility', 'project_visibility', 'user_access_level', 'email_verified'],
])

/** Who nobody is: a pattern that fits one of these fits everybody. */
const nobody = ['zq', 'ZQ9', '5819350271', 'zq/zq-9', 'zq@zq.example', 'repo:zq/zq:ref:refs/heads/zq']

const isPattern = (condition: ClaimCondition): condition is { readonly pattern: string } =>
  typeof condition === 'object' && 'pattern' in condition

const pinsSomebody = ([claim, condition]: readonly [string, ClaimCondition]): boolean => {
  if (circumstances.has(claim)) return false
  if (!isPattern(condition)) return typeof condition !== 'boolean'
  // One that can't be read is a finding of its own.
  if (whyNotPattern(condition.pattern) !== undefined) return true
  const compiled = RE2JS.compile(condition.pattern)
  return !nobody.some((name) => compiled.matches(name))
}

/**
 * Why the conditions of a trust would let in who isn't meant, as a noun phrase for what was expected; undefined where one
 * of them says who it is.
 */
export const whyNotPinned = (issuer: string, when: Readonly<Record<string, ClaimCondition>>): string | undefined => {
  const url = URL.parse(issuer)
  const known = url === null ? undefined : shared.find(({ fits }) => fits(url))
  if (known) {
    const isPinned = known.pins.some((pin) => when[pin] !== undefined && !isPattern(when[pin]))
    return isPinned
      ? undefined
      : `a condition on ${known.pins.join(' or ')}, by value: without one ${known.everybody} fits (names can change hands, ids don’t)`
  }
  return Object.entries(when).some(pinsSomebody)
    ? undefined
    : 'a condition that says who it is (sub, an id of a project, a namespace, an account), and not only under what circumstances: without one everybody whom the issuer signs for fits'
}
