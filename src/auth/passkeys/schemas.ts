import { z } from '@hono/zod-openapi'
import { countField, requiredLine, timeField, uuidField } from '../../http/fields'
import { passwordInputField } from '../schemas'
import { CODES } from './codes'
import { CONFIRMATION_METHODS, type IdentityProof } from './confirm'
import { MAX_PASSKEYS, type Passkey } from './store'
import { toTime, toTimeOrNull } from '../../common/text/time'

const BASE64URL = /^[\w-]+$/

/** Bytes in base64url, as WebAuthn's JSON has them. */
const bytesField = (max: number, description: string) =>
  z
    .string('must be a string')
    .max(max, 'is too long')
    .regex(BASE64URL, 'must be base64url')
    .openapi({ description, example: 'pQx0v5wJm3rVQ1mC6cYl0v9Jt8xw2nT4bqk7yH5oS3E' })

const PASSKEY = {
  id: bytesField(1400, 'ID of the credential.'),
  rawId: bytesField(1400, 'ID of the credential, again.'),
  type: z.literal('public-key').openapi({ description: 'Type of the credential.' }),
  clientExtensionResults: z
    .record(z.string().max(100), z.unknown())
    .openapi('ExtensionResults', { description: 'Results of WebAuthn extensions.', example: {} }),
}

const clientDataField = bytesField(4000, 'Client data, which contains the challenge.')

/** Other members, such as `authenticatorAttachment`, are ignored. */
export const assertionField = z
  .object({
    ...PASSKEY,
    response: z
      .object({
        clientDataJSON: clientDataField,
        authenticatorData: bytesField(4000, 'Authenticator data.'),
        signature: bytesField(4000, 'Signature of the authenticator data and the client data.'),
        userHandle: bytesField(200, 'User handle, which names the account.').nullish(),
      })
      .openapi('AssertionResponse', { description: 'Response of the authenticator.' }),
  })
  .openapi('PasskeyAssertion', {
    description: 'Result of `navigator.credentials.get`, as its `toJSON` returns it.',
  })

export const attestationField = z
  .object({
    ...PASSKEY,
    response: z
      .object({
        clientDataJSON: clientDataField,
        attestationObject: bytesField(20_000, 'Attestation object.'),
        transports: z
          .array(
            z
              .string()
              .max(50)
              .regex(/^[\w-]+$/),
          )
          .max(20)
          .optional()
          .openapi({ description: 'Transports of the authenticator.', example: ['internal'] }),
      })
      .openapi('AttestationResponse', { description: 'Response of the authenticator.' }),
  })
  .openapi('PasskeyAttestation', {
    description: 'Result of `navigator.credentials.create`, as its `toJSON` returns it.',
  })

/** Typed without the members that only the browser reads: `hc` cannot expand `unknown`. */
const optionsSchema = (name: string, call: string): z.ZodType<{ readonly challenge: string }> =>
  z
    .looseObject({
      challenge: z.string().max(4000).openapi({
        format: 'base64url',
        description: 'Challenge. It works once, within five minutes.',
        example: 'ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZTMwLmMybG5ibUYwZFhKbA',
      }),
    })
    .openapi(name, {
      description: `Options for \`navigator.credentials.${call}\`, in WebAuthn's JSON.`,
    })

export const useOptionsSchema = optionsSchema('PasskeyRequestOptions', 'get')
export const addOptionsSchema = optionsSchema('PasskeyCreationOptions', 'create')

export const passkeyLogInBody = z
  .strictObject({ passkey: assertionField })
  .openapi('PasskeyLogIn', { description: 'Response to the options of a log-in.' })

const nameField = requiredLine(1, 60).openapi({
  description: 'Name of the passkey, shown in lists.',
  example: 'Phone',
})

export const newPasskeyBody = z
  .strictObject({ name: nameField, passkey: attestationField })
  .openapi('NewPasskey', { description: 'Name of the passkey, and the response to its options.' })

export const passkeySchema = z
  .strictObject({
    uuid: uuidField,
    name: z.string().max(60).openapi({
      pattern: '^[^\\u0000-\\u001f]+$',
      description: 'Name of the passkey.',
      example: 'Phone',
    }),
    backed_up: z.boolean().openapi({
      description: 'True if the passkey is backed up, for example by its provider.',
      example: true,
    }),
    created_at: timeField,
    last_used_at: timeField.nullable().openapi({
      description: 'Time of the last use, in UTC; null if it was never used.',
    }),
  })
  .openapi('Passkey', { description: 'Passkey of the account.' })

export const presentPasskey = (passkey: Passkey): z.infer<typeof passkeySchema> => ({
  uuid: passkey.uuid,
  name: passkey.name,
  backed_up: passkey.isBackedUp,
  created_at: toTime(passkey.createdAtMs),
  last_used_at: toTimeOrNull(passkey.lastUsedAtMs),
})

export const passkeysSchema = z
  .strictObject({
    passkeys: z
      .array(passkeySchema)
      .max(MAX_PASSKEYS)
      .openapi({ description: 'Passkeys, oldest first.' }),
    recovery_codes_left: countField(0, CODES).openapi({
      description: 'Number of recovery codes that can still be used.',
      example: CODES,
    }),
  })
  .openapi('Passkeys', { description: 'Passkeys and recovery codes of the account.' })

export const codesSchema = z
  .strictObject({
    codes: z
      .array(
        z.string().max(19).openapi({ pattern: '^[0-9A-Z-]+$', example: '7K2M-9QXD-04TB-ZW5H' }),
      )
      .max(CODES)
      .openapi({ description: 'Recovery codes. No other response returns them.' }),
  })
  .openapi('RecoveryCodes', { description: 'New recovery codes.' })

const codeField = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(64, 'is too long')
  .regex(/^[\dA-Za-z\s-]+$/, 'must have letters, digits, spaces and hyphens only')
  .openapi({
    description: 'Recovery code. Letter case, spaces and hyphens are ignored.',
    example: '7K2M-9QXD-04TB-ZW5H',
  })

const HAS_ONE_PROOF = 'must have either passkey, or password with an optional recovery_code'

export const confirmationBody = z
  .strictObject({
    password: passwordInputField.optional(),
    recovery_code: codeField.optional(),
    passkey: assertionField.optional(),
  })
  .refine(
    ({ password, recovery_code: code, passkey }) =>
      passkey ? password === undefined && code === undefined : password !== undefined,
    HAS_ONE_PROOF,
  )
  .openapi('IdentityProof', {
    description:
      'Proof of your identity: a passkey, your password, or your password with a recovery code.',
    minProperties: 1,
    example: { password: 'correct horse battery' },
  })

export const toProof = ({
  password = '',
  recovery_code: recoveryCode,
  passkey,
}: z.infer<typeof confirmationBody>): IdentityProof =>
  passkey ? { passkey } : { password, ...(recoveryCode !== undefined && { recoveryCode }) }

export const methodsSchema = z
  .strictObject({
    methods: z
      .array(z.enum(CONFIRMATION_METHODS))
      .max(CONFIRMATION_METHODS.length)
      .openapi({
        description:
          'Methods by which you can confirm. A recovery code also requires the password.',
        example: ['passkey'],
      }),
    options: useOptionsSchema.optional(),
  })
  .openapi('ConfirmationOptions', {
    description: 'Methods of confirmation, and the options for a passkey if you have one.',
  })

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
