/**
 * The configuration: read and validated once. An error names each invalid setting. Settings that the
 * predecessor had keep their names.
 */
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/min'
import { z } from 'zod'
import { arePasskeyOrigins } from './auth/webauthn/relying-party'
import { receiptFields } from './receipts/settings'
import { isRelayComplete, relayFields } from './rooms/relay/settings'
import {
  addressList,
  baseUrl,
  credential,
  credentialName,
  custom,
  DAY_MS,
  duration,
  durationOrNone,
  oneOf,
  optionalBaseUrl,
  optionalCredential,
  optionalSecret,
  optionalSender,
  optionalToken,
  optionalUrl,
  originList,
  rate,
  secret,
  trimmed,
  wholeNumber,
} from './common/settings/fields'

/** Clients ping every 10 s. */
const MIN_SILENCE_MS = 12_000

/** A copied refresh token is detected only after the grace period, so it must be short. */
const MAX_GRACE_MS = 10 * 60_000

const configFields = z.object({
  JWT_SECRET: secret,
  JWT_SECRET_PREVIOUS: optionalSecret,
  JWT_EXPIRES_IN: duration('24h'),
  JWT_REFRESH_EXPIRES_IN: duration('7d'),
  REFRESH_GRACE: durationOrNone('30s', MAX_GRACE_MS),
  SESSION_MAX_AGE: duration('30d'),
  OPERATOR_BOOTSTRAP_SECRET: optionalToken,
  ACCESS_TEAM_DOMAIN: optionalBaseUrl('https://example.cloudflareaccess.com'),
  ACCESS_AUDIENCE: optionalCredential,
  APPROVAL_ABOVE: wholeNumber(5000, 99_999_999),
  OPERATOR_DAY_LIMIT: wholeNumber(500_000, 99_999_999),
  REFUND_WINDOW: durationOrNone('14d', 365 * DAY_MS),
  REFUND_DAY_LIMIT: wholeNumber(50_000, 99_999_999),
  MONNIFY_API_KEY: credentialName,
  MONNIFY_SECRET_KEY: credential,
  MONNIFY_SECRET_KEY_PREVIOUS: optionalCredential,
  MONNIFY_CONTRACT_CODE: credential,
  MONNIFY_BASE_URL: baseUrl('https://api.monnify.com'),
  MONNIFY_WEBHOOK_ADDRESSES: addressList,
  PAYMENT_REDIRECT_URL: optionalUrl,
  MAIL_FROM: optionalSender,
  RESEND_API_KEY: optionalCredential,
  RESEND_WEBHOOK_SECRET: optionalCredential,
  ACCOUNT_URL: optionalUrl,
  PASSKEY_ORIGINS: originList,
  RETENTION_CALLED_NUMBERS: duration('730d', 3650 * DAY_MS),
  ERASURE_WAIT: durationOrNone('14d', 30 * DAY_MS),
  UNVERIFIED_ACCOUNTS: oneOf(['unrestricted', 'no_payments'], 'unrestricted'),
  CALL_MAX_DURATION: duration('4h', 7 * DAY_MS),
  CALL_MAX_OPEN: wholeNumber(5, 100),
  CALL_INVITATION: duration('10m', DAY_MS),
  CALL_SILENCE: duration('45s', 10 * 60_000),
  DEFAULT_COUNTRY: custom<CountryCode>(
    (value) => typeof value === 'string' && isSupportedCountry(value),
    'must be a country in two capital letters, such as NG',
    'NG',
  ),
  /** Validated by `tariffs/tariff`. */
  TARIFF: z.preprocess(trimmed, z.unknown().optional()),
  ALLOWED_ORIGINS: originList,
  LIMIT_LOGIN_ADDRESS: rate('20/1m'),
  LIMIT_GUESSES_FREE: wholeNumber(5, 10),
  LIMIT_REFRESH: rate('300/1m'),
  LIMIT_REGISTER: rate('20/1h'),
  LIMIT_PASSWORDS: rate('10/1h'),
  LIMIT_MAILS: rate('5/1h'),
  LIMIT_EXPORTS: rate('10/1h'),
  LIMIT_PAYMENTS: rate('30/1m'),
  LIMIT_VERIFY: rate('60/1m'),
  LIMIT_CALLS: rate('60/1m'),
  LIMIT_LOST_CALLS: rate('5/1h'),
  DEPLOYMENT_EVENTS: oneOf(['on', 'off'], 'off'),
  ...relayFields,
  ...receiptFields,
  RELAY: oneOf(['relay', 'direct'], 'relay'),
  MONNIFY_SIMULATOR: oneOf(['on', 'off'], 'off'),
  SIMULATED_CUSTOMER: oneOf(['pays', 'waits'], 'pays'),
})

const configSchema = configFields
  .refine(({ JWT_SECRET, JWT_SECRET_PREVIOUS }) => JWT_SECRET !== JWT_SECRET_PREVIOUS, {
    path: ['JWT_SECRET_PREVIOUS'],
    error: 'must differ from JWT_SECRET',
  })
  .refine(
    ({ MONNIFY_SECRET_KEY, MONNIFY_SECRET_KEY_PREVIOUS }) =>
      MONNIFY_SECRET_KEY !== MONNIFY_SECRET_KEY_PREVIOUS,
    { path: ['MONNIFY_SECRET_KEY_PREVIOUS'], error: 'must differ from MONNIFY_SECRET_KEY' },
  )
  .refine(({ OPERATOR_BOOTSTRAP_SECRET, JWT_SECRET }) => OPERATOR_BOOTSTRAP_SECRET !== JWT_SECRET, {
    path: ['OPERATOR_BOOTSTRAP_SECRET'],
    error: 'must differ from JWT_SECRET',
  })
  .refine(
    ({ ACCESS_TEAM_DOMAIN, ACCESS_AUDIENCE }) =>
      (ACCESS_TEAM_DOMAIN === undefined) === (ACCESS_AUDIENCE === undefined),
    { path: ['ACCESS_TEAM_DOMAIN'], error: 'and ACCESS_AUDIENCE require each other' },
  )
  .refine(({ PASSKEY_ORIGINS }) => arePasskeyOrigins(PASSKEY_ORIGINS), {
    path: ['PASSKEY_ORIGINS'],
    error: 'must be https origins whose hosts are the first one or below it',
  })
  .refine(({ RETENTION_CALLED_NUMBERS }) => RETENTION_CALLED_NUMBERS >= 2 * DAY_MS, {
    path: ['RETENTION_CALLED_NUMBERS'],
    error: 'must be at least 2d, because idempotency keys are kept for two days',
  })
  .refine(({ CALL_SILENCE }) => CALL_SILENCE >= MIN_SILENCE_MS, {
    path: ['CALL_SILENCE'],
    error: 'must be at least 12s, because clients ping every 10 s',
  })
  .refine(isRelayComplete, { path: ['RELAY_TOKEN'], error: 'and RELAY_KEY_ID require each other' })

export type Config = z.infer<typeof configSchema>

export const SETTINGS: readonly string[] = Object.keys(configFields.shape)

/** Settings of earlier releases, with what replaces each. The service warns at start if one is still set. */
export const RETIRED_SETTINGS = {
  OPERATOR_TOKEN: 'operators have accounts',
  OPERATOR_MONEY_TOKEN: 'operators have accounts',
}

/** @throws an error that names every missing or invalid setting, without its value */
export function readConfig(env: object): Config {
  const parsed = configSchema.safeParse(env)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`)
  throw new Error(`AIleana cannot start. Fix these settings:\n${lines.join('\n')}`)
}
