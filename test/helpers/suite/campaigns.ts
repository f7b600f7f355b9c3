/**
 * Files whose tests are many cases of a few kinds, each by itself. `npm test` tries a share of the cases, the same each time;
 * `npm run test:whole`, which continuous integration runs too, tries all of them.
 */
export const campaigns: readonly string[] = [
  'test/gateway/ledger/tampering.test.ts',
  'test/gateway/relay/error-text.test.ts',
  'test/gateway/relay/late-names.test.ts',
  'test/gateway/relay/late-types.test.ts',
  'test/gateway/relay/masks/attacks.test.ts',
  'test/gateway/relay/masks/masked-vectors.test.ts',
  'test/gateway/relay/moving/parts.test.ts',
  'test/gateway/relay/old-snapshots.test.ts',
  'test/gateway/relay/own-changes.test.ts',
  'test/gateway/relay/own-objects.test.ts',
  'test/gateway/relay/thresholds.test.ts',
  'test/gateway/relay/witness.test.ts',
  'test/leaks/',
  'test/probes/',
  'test/sql/lineage/nesting.test.ts',
  'test/sql/witness/isolation.test.ts',
  'test/sql/witness/relations.test.ts',
  'test/sql/witness/routines.test.ts',
  'test/usability/migrations/sent.test.ts',
  'test/usability/stores/sent.test.ts',
]

/** Files that do less by themselves where not everything is asked for: they look at `whole`. */
export const shortened: readonly string[] = [
  'test/agent/storm.test.ts',
  'test/e2e/demo.test.ts',
  'test/gateway/relay/every-way/',
  'test/gateway/relay/session.test.ts',
  'test/packaging/dockerfile.test.ts',
  'test/packaging/install.test.ts',
  'test/soak/soak.test.ts',
  'test/sql/rewritten/',
]

/** Whether a file, by its path from the project's root, is one of them. */
export const isCampaign = (path: string): boolean => campaigns.some((start) => path.startsWith(start))
