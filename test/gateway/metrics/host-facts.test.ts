import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { hostFacts, type HostFactsOptions } from '../../../src/gateway/metrics/host-facts.js'
import type { SecretSpec } from '../../../src/policy/config/sections/secret.js'
import { makeCertificates } from '../../helpers/certificates.js'
import { tempFolder } from '../../helpers/temp.js'

test('of a connection’s client certificates the one that ends first is told, be it a file, a secret or an entry’s', async () => {
  await using folder = await tempFolder()
  const made = async (prefix: string, days: number) => {
    const notAfter = new Date(Date.now() + days * 86_400_000)
    const { certFile } = await makeCertificates(folder.path, { prefix, notAfter })
    const text = await readFile(certFile, 'utf8')
    return { certFile, text, until: new X509Certificate(text).validToDate }
  }
  const [file, own, entry] = [await made('file', 30), await made('own', 20), await made('entry', 10)]
  const secrets: Readonly<Record<string, string>> = { OWN: own.text, ENTRY: `${entry.text}${own.text}` }
  const secret = async (spec: SecretSpec): Promise<string> => {
    const found = 'env' in spec ? secrets[spec.env] : undefined
    if (found === undefined) throw new Error('it is not there')
    return found
  }
  const access = (name: string) => [{ login: { user: 'other', client_certificate: { env: name } } }, {}]
  const connections = {
    file: { url: { sslcert: file.certFile }, access: [] },
    own: { url: {}, client_certificate: { env: 'OWN' }, access: [] },
    entry: { url: {}, client_certificate: { env: 'OWN' }, access: access('ENTRY') },
    partly: { url: {}, client_certificate: { env: 'OWN' }, access: access('GONE') },
    gone: { url: {}, client_certificate: { env: 'GONE' }, access: [] },
    none: { url: {}, access: [{}] },
  }
  const until = new Date()
  const config = () => ({ gateway: { tls: {} }, connections }) as unknown as ReturnType<HostFactsOptions['config']>
  const facts = hostFacts({ config, secret, until: () => until, keys: { signing: '', masking: '' } })
  expect(await facts.certificates()).toEqual([
    { certificate: 'gateway', connection: '', until },
    { certificate: 'client', connection: 'file', until: file.until },
    { certificate: 'client', connection: 'own', until: own.until },
    { certificate: 'client', connection: 'entry', until: entry.until },
    { certificate: 'client', connection: 'partly', until: own.until },
  ])
})
