import { Configuration } from 'openid-client'
import { expect, test } from 'vitest'
import { bindingTo } from '../../../src/agent/login/idp.js'
import { newProofKey } from '../../../src/agent/login/proof.js'

const provider = (algorithms: string[] | undefined) =>
  new Configuration(
    { issuer: 'https://login.example.com', ...(algorithms && { dpop_signing_alg_values_supported: algorithms }) },
    'hoop-cli',
  )

test('a provider that can bind tokens to the login’s key is asked to', async () => {
  const { key } = await newProofKey()
  expect((await bindingTo(provider(['ES256']), key)).DPoP).toBeDefined()
})

test.for([undefined, [], ['RS256']])('one that announces %o is asked for tokens as they are', async (algorithms) => {
  const { key } = await newProofKey()
  expect(await bindingTo(provider(algorithms), key)).toEqual({})
})
