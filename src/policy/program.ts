import type { IdentityConfig } from './config/schema.js'
import { fits } from './rules/glob.js'

/**
 * Whether somebody is a program and no human. The identity provider's word alone counts: how a token came to be (by a
 * device login or in a variable) is not to be seen in it, and what a client calls itself anybody may claim.
 */
export const isProgram = (
  { programs }: Pick<IdentityConfig, 'programs'>,
  who: { readonly subject: string; readonly groups: readonly string[]; readonly workload?: unknown },
): boolean =>
  who.workload !== undefined ||
  programs.groups.some((group) => who.groups.includes(group)) ||
  programs.subjects.some((pattern) => fits(pattern, who.subject))
