/** API keys of the tests. */
import { expect } from 'vitest'
import { DEPLOYMENT_SCOPES, type Scope, USER_SCOPES } from '../../src/keys/scopes'
import { createDeploymentKey } from '../../src/keys/service'
import { type Send, send, type TestUser } from './client'
import type { World } from './gateway'
import { canaries } from './secrets'

export interface TestKey {
  readonly uuid: string
  /** The key itself. */
  readonly token: string
  /** Adds the key to each request. */
  readonly send: Send
}

export async function newKeyOf(
  user: Pick<TestUser, 'send'>,
  scopes: readonly Scope[] = USER_SCOPES,
  via: Send = send,
): Promise<TestKey> {
  const { status, body } = await user.send('POST', '/keys', { body: { name: 'A key', scopes } })
  expect(status).toBe(201)
  const { uuid, key: token } = body
  canaries.add(token)
  return {
    uuid,
    token,
    send: (method, path, options) => via(method, path, { token, ...options }),
  }
}

export const revoke = async (user: Pick<TestUser, 'send'>, uuid: string): Promise<void> => {
  expect((await user.send('DELETE', `/keys/${uuid}`)).status).toBe(204)
}

/** Key of the deployment. The world must have the deployment's stream. */
export async function newDeploymentKey(world: Pick<World, 'send' | 'deps'>): Promise<TestKey> {
  const created = await createDeploymentKey(world.deps, {
    name: 'A key',
    scopes: DEPLOYMENT_SCOPES,
  })
  if (!created.ok) throw new Error(created.refusal.code)
  const { uuid, key: token } = created.value
  canaries.add(token)
  return {
    uuid,
    token,
    send: (method, path, options) => world.send(method, path, { token, ...options }),
  }
}
