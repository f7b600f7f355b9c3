import type { BudgetsConfig } from '../../src/policy/config/schema.js'

export interface ProbePolicy {
  /** Absent: the session has no guard. */
  readonly section?: unknown
  readonly budgets?: BudgetsConfig
}

const columns = [
  ...['customers.email', 'customers.ssn', 'customers.notes', 'customers.balance'],
  ...['documents.content', 'documents.embedding', 'documents.meta'],
].map((column) => `public.${column}`)

const masks = [{ columns, with: 'redact' }]

const embedding = 'public.documents.embedding'

/** The same, with vectors whose distances may be compared or come out. */
const withDistances = (distances: 'compare' | 'show') => [
  { columns: columns.filter((column) => column !== embedding), with: 'redact' },
  { columns: [embedding], with: 'vector', distances },
]

/** The policies that probes name. */
export const policies: Readonly<Record<string, ProbePolicy>> = {
  open: {},
  deny: { section: { masks, predicates: { default: 'deny' } } },
  equality: { section: { masks } },
  'equality with distances: compare': { section: { masks: withDistances('compare') } },
  'equality with distances: show': { section: { masks: withDistances('show') } },
  'hidden nulls': {
    section: {
      masks: [
        { columns: columns.filter((column) => !column.endsWith('.notes')), with: 'redact' },
        { columns: ['public.customers.notes'], with: 'redact', nulls: 'hide' },
      ],
    },
  },
  'new table': {
    section: { masks: [{ columns: ['public.customers.ssn'], with: 'redact' }], predicates: { default: 'deny' } },
  },
  'typed table': { section: { masks: [...masks, { columns: ['public.typed.ssn'], with: 'redact' }] } },
  'few errors': { section: { masks, masked_errors: 2 } },
  'few bytes': { section: {}, budgets: { session: { bytes: 60 } } },
}
