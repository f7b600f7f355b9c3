export interface Account {
  /** The ID token's `sub`. */
  readonly id: string
  readonly name: string
  readonly email: string
  readonly groups: readonly string[]
  /** What they do, for the sign-in page. */
  readonly role: string
}

/** The people of the demo, and of the tests. */
export const people: readonly Account[] = [
  { id: 'casey', name: 'Casey Brook', email: 'casey@contractor.example', groups: ['contractors'], role: 'Contractor' },
  { id: 'mika', name: 'Mika Lind', email: 'mika@acme.example', groups: ['ml-eng'], role: 'ML engineer' },
  { id: 'ines', name: 'Inês Duarte', email: 'ines@acme.example', groups: ['security'], role: 'Security investigator' },
  {
    id: 'dora',
    name: 'Dora Weiss',
    email: 'dora@acme.example',
    groups: ['dpo', 'ml-eng'],
    role: 'Data protection officer',
  },
  { id: 'olu', name: 'Olu Adeyemi', email: 'olu@acme.example', groups: ['platform', 'dba'], role: 'Platform operator' },
  {
    id: 'nobody',
    name: 'Noor Botha',
    email: 'noor@acme.example',
    groups: [],
    role: 'Sales, no access to any database',
  },
]
