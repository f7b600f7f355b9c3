import {
  type Attribute,
  type Attributes,
  groupAttributes,
  urn,
  userAttributes,
} from '../../../../identity/scim/schema.js'

/** Resources in one answer at most; a directory that wants more asks for the next page. */
export const largestPage = 200

const sp = 'urn:ietf:params:scim:schemas:core:2.0'

/** RFC 7643, section 5. */
export const serviceProviderConfig = (base: string): object => ({
  schemas: [`${sp}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: largestPage },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'The token that identity.scim of the gateway names',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

/** RFC 7643, section 6. */
export const resourceTypes = (base: string): (object & { readonly id: string })[] =>
  (['User', 'Group'] as const).map((id) => ({
    schemas: [`${sp}:ResourceType`],
    ...{ id, name: id, endpoint: `/${id}s`, schema: id === 'User' ? urn.user : urn.group },
    ...(id === 'User' && { schemaExtensions: [{ schema: urn.enterprise, required: false }] }),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  }))

const described = ([name, attribute]: [string, Attribute]): object => ({
  name,
  type: attribute.type,
  multiValued: attribute.multi === true,
  required: attribute.required === true,
  caseExact: attribute.exact === true,
  mutability: attribute.readOnly === true ? 'readOnly' : 'readWrite',
  returned: name === 'id' ? 'always' : 'default',
  uniqueness: name === 'userName' || name === 'id' ? 'server' : 'none',
  ...(attribute.inside && { subAttributes: Object.entries(attribute.inside).map(described) }),
})

const common = ['id', 'externalId', 'meta', urn.enterprise]
const own = (attributes: Attributes): object[] =>
  Object.entries(attributes).flatMap((entry) => (common.includes(entry[0]) ? [] : [described(entry)]))

/** RFC 7643, section 7. */
export const schemas = (base: string): (object & { readonly id: string })[] =>
  (
    [
      [urn.user, 'User', userAttributes],
      [urn.group, 'Group', groupAttributes],
      [urn.enterprise, 'EnterpriseUser', userAttributes[urn.enterprise]?.inside ?? {}],
    ] as const
  ).map(([id, name, attributes]) => ({
    schemas: [`${sp}:Schema`],
    ...{ id, name, attributes: own(attributes) },
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  }))
