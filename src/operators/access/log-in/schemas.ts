/** Fields of the routes of operators' log-ins. */
import { z } from '@hono/zod-openapi'

/** Code of an authenticator app, as people type it. */
export const codeField = z
  .string('must be a string')
  .transform((text) => text.replaceAll(/\s/g, ''))
  .refine((text) => /^\d{6}$/.test(text), 'must have six digits')
