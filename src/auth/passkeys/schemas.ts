import { z } from '@hono/zod-openapi'
import { timeField } from '../../http/fields'
import { passwordInputField } from '../schemas'

export const confirmationBody = z
  .strictObject({ password: passwordInputField })
  .openapi('IdentityProof', { description: 'Proof of your identity.' })

export const confirmationSchema = z
  .strictObject({
    confirmation: z.string().max(2048).openapi({
      format: 'jwt',
      description: 'Token for the header `Confirmation`, valid in this session only.',
      example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl',
    }),
    expires_at: timeField.openapi({ description: 'Time at which the token expires, in UTC.' }),
  })
  .openapi('Confirmation', { description: 'Token that proves the confirmation.' })
