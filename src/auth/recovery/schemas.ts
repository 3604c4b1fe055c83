import { z } from '@hono/zod-openapi'
import { emailField, passwordField } from '../../users/schemas'
import { passwordInputField } from '../schemas'

/** A token that was copied with a fault is a link that does not exist, not a malformed request. */
const tokenField = z.string('must be a string').max(200, 'is too long').openapi({
  format: 'base64url',
  description: 'Token of the link: the part after `#`.',
  example: 'pQx0v5wJm3rVQ1mC6cYl0v9Jt8xw2nT4bqk7yH5oS3E',
})

export const forgotBody = z
  .strictObject({ email: emailField })
  .openapi('ForgottenPassword', { description: 'Address of the account.' })

export const resetBody = z
  .strictObject({ token: tokenField, new_password: passwordField })
  .openapi('PasswordReset', { description: 'Token of the link, and the new password.' })

export const linkBody = z
  .strictObject({ token: tokenField })
  .openapi('AccountLink', { description: 'Token of a link in an e-mail.' })

export const addressBody = z
  .strictObject({ email: emailField, password: passwordInputField })
  .openapi('NewAddress', { description: 'New e-mail address, and the current password.' })
