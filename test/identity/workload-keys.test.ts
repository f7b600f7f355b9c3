import { readFile, writeFile } from 'node:fs/promises'
import { Agent, fetch as undiciFetch } from 'undici'
import { expect, test } from 'vitest'
import { IdpKeys } from '../../src/identity/provider/idp-keys.js'
import { verifySigned } from '../../src/identity/provider/signed-token.js'
import { makeCertificates } from '../helpers/certificates.js'
import { startIssuers } from '../helpers/issuer/issuer.js'
import { tempFolder } from '../helpers/temp.js'

const requiredClaims = ['exp']

test('keys come over TLS by discovery, by an address of their own, and from a file; RS256 and ES256', async () => {
  await using folder = await tempFolder()
  const { certFile, keyFile, caFile } = await makeCertificates(folder.path)
  const ca = await readFile(caFile)
  await using issuers = await startIssuers({ certFile, keyFile, ca })
  await using dispatcher = {
    agent: new Agent({ connect: { ca } }),
    [Symbol.asyncDispose]: () => dispatcher.agent.destroy(),
  }
  const get = ((address: string, options: object) =>
    undiciFetch(address, { ...options, dispatcher: dispatcher.agent })) as unknown as typeof fetch
  const issuer = issuers.issuer('ci')
  await issuers.control.add('ci', { alg: 'ES256' })
  const jwksFile = folder.file('jwks.json')
  await writeFile(jwksFile, JSON.stringify({ keys: await issuers.control.keys('ci') }))
  for (const jwks of [undefined, `${issuer}/jwks`, `file:${jwksFile}`])
    for (const alg of ['RS256', 'ES256']) {
      const keys = new IdpKeys({ issuer, jwks, fetch: get })
      const token = await issuers.control.sign('ci', { aud: 'hoop' }, { alg })
      const { payload, protectedHeader } = await verifySigned(token, keys, { issuer, audience: 'hoop', requiredClaims })
      expect([payload.iss, protectedHeader.alg]).toEqual([issuer, alg])
      const only = { issuer, audience: 'hoop', requiredClaims, algorithms: ['PS256'] }
      await expect(verifySigned(token, keys, only)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    }
})

test('a file of keys that is not there is no reason to stop, and no client learns its path', async () => {
  const keys = new IdpKeys({ issuer: 'https://ci.example.com', jwks: 'file:/nowhere/jwks.json' })
  const error = (await keys.current().catch((thrown: unknown) => thrown)) as Error
  expect(error).toMatchObject({ code: 'IDP_UNREACHABLE' })
  expect(error.message).not.toContain('nowhere')
})
