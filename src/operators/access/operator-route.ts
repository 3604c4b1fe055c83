import { z } from '@hono/zod-openapi'
import { jsonContent } from '../../http/declarations'
import { allow } from './guard'
import type { Permission } from './permissions'

/**
 * What the declarations of most operators' routes share: the public document hides the route, the operator needs a
 * permission, and `desk-types.ts` has the type of the answer.
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
