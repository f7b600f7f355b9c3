/** URNs of RFC 7643 and RFC 7644. */
export const urn = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
} as const

/** What an attribute holds; a complex one has others inside. */
export interface Attribute {
  readonly type: 'string' | 'boolean' | 'complex'
  readonly multi?: boolean
  readonly required?: boolean
  /** Compared with case. */
  readonly exact?: boolean
  /** Of the server's making: what a client sends is passed over. */
  readonly readOnly?: boolean
  readonly inside?: Attributes
}

/** By the names of the RFC; clients may write them in any case. */
export type Attributes = Readonly<Record<string, Attribute>>

const string: Attribute = { type: 'string' }
const strings = (...names: readonly string[]): Attributes => Object.fromEntries(names.map((name) => [name, string]))
const several = (inside: Attributes): Attribute => ({
  ...{ type: 'complex', multi: true },
  inside: { ...inside, type: string, primary: { type: 'boolean' } },
})
const values = several(strings('value', 'display'))
const reference = { value: { ...string, exact: true }, $ref: { ...string, exact: true } }
const common: Attributes = {
  id: { ...string, exact: true, readOnly: true },
  externalId: { ...string, exact: true },
  meta: { type: 'complex', readOnly: true, inside: strings('resourceType', 'created', 'lastModified', 'location') },
}

/** RFC 7643, section 4.1; without `password`, which nobody here wants to know. */
export const userAttributes: Attributes = {
  ...common,
  userName: { ...string, required: true },
  name: {
    type: 'complex',
    inside: strings('formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'),
  },
  ...strings('displayName', 'nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone'),
  active: { type: 'boolean' },
  ...{ emails: values, phoneNumbers: values, ims: values, photos: values, entitlements: values, roles: values },
  addresses: several(strings('formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country')),
  groups: { type: 'complex', multi: true, readOnly: true, inside: { ...reference, display: string } },
  [urn.enterprise]: {
    type: 'complex',
    inside: {
      ...strings('employeeNumber', 'costCenter', 'organization', 'division', 'department'),
      manager: { type: 'complex', inside: { ...reference, displayName: string } },
    },
  },
}

/** RFC 7643, section 4.2. */
export const groupAttributes: Attributes = {
  ...common,
  displayName: { ...string, required: true },
  members: { type: 'complex', multi: true, inside: { ...reference, display: string, type: string } },
}

/** An attribute by its name in any case. */
export const attributeOf = (attributes: Attributes, name: string): [name: string, attribute: Attribute] | undefined => {
  const lower = name.toLowerCase()
  return Object.entries(attributes).find(([known]) => known.toLowerCase() === lower)
}

const schemas = [urn.user, urn.group]

/**
 * The names that a path is made of: `name.familyName`, `emails.value`, with the schema's URN in front or without.
 * @see RFC 7644, section 3.10
 */
export const pathNames = (path: string): string[] => {
  const lower = path.toLowerCase()
  if (lower === urn.enterprise.toLowerCase()) return [urn.enterprise]
  if (lower.startsWith(`${urn.enterprise.toLowerCase()}:`))
    return [urn.enterprise, ...path.slice(urn.enterprise.length + 1).split('.')]
  const schema = schemas.find((one) => lower.startsWith(`${one.toLowerCase()}:`))
  return (schema === undefined ? path : path.slice(schema.length + 1)).split('.')
}
