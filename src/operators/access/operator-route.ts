import { z } from '@hono/zod-openapi'
import { jsonContent } from '../../http/declarations'
import { allow } from './guard'
import type { Permission } from './permissions'

/**
 * Shared declaration of most operators' routes: the public document does not have the route, and the operator needs a
 * permission. The response's type is a plain type, which the pages of the back office share.
 */
export const operatorRoute = <M extends 'get' | 'post', P extends string>(
  method: M,
  path: P,
  permission: Permission,
  answer: string,
) => ({
  hide: true as const,
  method,
  path,
  middleware: allow(permission),
  responses: { 200: jsonContent(z.unknown(), answer) },
})
