import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as client from 'openid-client'
import { expect, inject, test } from 'vitest'
import { setStage } from './stage.js'

test('ends the login at the provider and deletes it here', async () => {
  await using stage = await setStage(inject('databaseUrl'))
  await stage.login()
  const [file = ''] = await readdir(join(stage.home, 'secrets'))
  const { refreshToken } = JSON.parse(await readFile(join(stage.home, 'secrets', file), 'utf8')) as {
    refreshToken: string
  }
  const { status, stdout } = await stage.hoop(['logout', '--json'])
  expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ revoked: true, failed: [] })])
  expect(await readdir(join(stage.home, 'secrets'))).toEqual([])
  const config = await client.discovery(new URL(stage.idp.issuer), stage.idp.clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  })
  await expect(client.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect((await stage.hoop(['status'])).status).toBe(77)
})

test('a provider that can’t be reached is said, and the login deleted all the same', async () => {
  await using stage = await setStage(inject('databaseUrl'))
  await stage.login()
  await stage.idp[Symbol.asyncDispose]()
  const { status, stderr } = await stage.hoop(['logout'])
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/warning: the login could not be ended at the identity provider/),
  ])
  expect(await readdir(join(stage.home, 'secrets'))).toEqual([])
})

test('nobody logged in: 77', async () => {
  await using stage = await setStage(inject('databaseUrl'))
  expect((await stage.hoop(['logout'])).status).toBe(77)
})
