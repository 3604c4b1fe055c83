/** Routes by which admins manage the API keys of the deployment. */
import { createRoute, z } from '@hono/zod-openapi'
import { jsonBody, jsonContent } from '../http/declarations'
import { uuidParam } from '../http/fields'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { deploymentKeyBody, presentCreatedKey, presentKey } from '../keys/schemas'
import {
  createDeploymentKey,
  type KeyDeps,
  listDeploymentKeys,
  revokeDeploymentKey,
} from '../keys/service'
import { allow, operatorOf } from './access/guard'
import { operatorRoute } from './access/operator-route'
import type { ApiKeysBody, NewApiKeyBody } from './desk-types'
import { type LogDeps, perform } from './log/record'
import { reasonLine } from './schemas'

const list = createRoute(
  operatorRoute('get', '/operator/api-keys', 'keys.manage', 'API keys of the deployment.'),
)

const create = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/api-keys',
  middleware: allow('keys.manage'),
  request: { body: jsonBody(deploymentKeyBody.extend({ reason: reasonLine })) },
  responses: { 201: jsonContent(z.unknown(), 'New API key.') },
})

const revoke = createRoute({
  ...operatorRoute('post', '/operator/api-keys/{uuid}/revoke', 'keys.manage', 'Revoked.'),
  request: {
    params: uuidParam('UUID of the key.'),
    body: jsonBody(z.strictObject({ reason: reasonLine })),
  },
})

export const apiKeyRoutes = (deps: KeyDeps & LogDeps) =>
  createRouter()
    .openapi(list, async (c) => {
      const keys = await listDeploymentKeys(deps)
      return c.json({ keys: keys.map(presentKey) } satisfies ApiKeysBody, 200)
    })
    .openapi(create, async (c) => {
      const { reason, ...request } = c.req.valid('json')
      const action = { action: 'api_key_created', subject: null, reason }
      const created = await perform(
        deps,
        operatorOf(c),
        action,
        () => createDeploymentKey(deps, request),
        ({ uuid, scopes }) => ({ uuid, scopes: scopes.join(' ') }),
      )
      if (!created.ok) return problemResponse(c, created.refusal)
      c.header('Cache-Control', 'no-store')
      return c.json(presentCreatedKey(created.value) satisfies NewApiKeyBody, 201)
    })
    .openapi(revoke, async (c) => {
      const { uuid } = c.req.valid('param')
      const action = {
        action: 'api_key_revoked',
        subject: uuid,
        reason: c.req.valid('json').reason,
      }
      const revoked = await perform(deps, operatorOf(c), action, () =>
        revokeDeploymentKey(deps, uuid),
      )
      return revoked.ok ? c.json({ uuid }, 200) : problemResponse(c, revoked.refusal)
    })
