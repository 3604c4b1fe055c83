/**
 * The configuration: read from the environment once, checked, with a message that names each
 * unusable value. The old service's names are kept.
 */
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/min'
import { z } from 'zod'

const MS_PER = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const MIN_SECRET_BYTES = 32
const PLACEHOLDER = /change|replace|example|placeholder|your[-_ ]|secret[-_]?key|<.*>/i

const toMs = (text: string): number =>
  Number(text.slice(0, -1)) * MS_PER[text.slice(-1) as keyof typeof MS_PER]

const DURATION = /^[1-9]\d{0,6}[smhd]$/
const DURATION_OR_NONE = /^(0|[1-9]\d{0,6})[smhd]$/

const duration = (fallback: string, form = DURATION) =>
  z
    .string()
    .regex(
      form,
      form === DURATION
        ? 'must be a duration such as 90s, 15m, 24h or 7d'
        : 'must be a duration such as 30s, or 0s for none',
    )
    .default(fallback)
    .transform(toMs)

/** So many in so long. */
const rate = (fallback: string) =>
  z
    .string()
    .regex(
      /^([1-9]\d{0,2}|1000)\/[1-9]\d{0,3}[smhd]$/,
      'must be a rate of at most 1000, such as 20/60s',
    )
    .default(fallback)
    .transform((text) => {
      const [quota = '', window = ''] = text.split('/')
      return { quota: Number(quota), windowMs: toMs(window) }
    })

const secret = z
  .string('is missing')
  .refine(
    (text) => new TextEncoder().encode(text).length >= MIN_SECRET_BYTES,
    'must have at least 32 bytes',
  )
  .refine((text) => !PLACEHOLDER.test(text), 'is a placeholder')
  .refine((text) => new Set(text).size >= 8, 'is too regular to be random')

const credential = z
  .string('is missing')
  .min(1, 'is missing')
  .refine((text) => !PLACEHOLDER.test(text), 'is a placeholder')

const MAX_CALL_DURATION_MS = 7 * MS_PER.d

/** RFC 6454: scheme, host and port, and nothing after them. */
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text

const wholeNumber = (fallback: number, max: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(max, `must be at most ${max}`)
    .default(fallback)

const configFields = z.object({
  JWT_SECRET: secret,
  JWT_SECRET_PREVIOUS: secret.optional(),
  JWT_EXPIRES_IN: duration('24h'),
  JWT_REFRESH_EXPIRES_IN: duration('7d'),
  REFRESH_GRACE: duration('30s', DURATION_OR_NONE),
  SESSION_MAX_AGE: duration('30d'),
  OPERATOR_TOKEN: secret.optional(),
  MONNIFY_API_KEY: credential,
  MONNIFY_SECRET_KEY: credential,
  MONNIFY_CONTRACT_CODE: credential,
  MONNIFY_BASE_URL: z
    .url({ protocol: /^https$/, error: 'must be an https address' })
    .default('https://api.monnify.com'),
  MONNIFY_WEBHOOK_ADDRESSES: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be IP addresses'))),
  PAYMENT_REDIRECT_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address that begins with https:// or http://' })
    .optional(),
  CALL_MAX_DURATION: duration('4h').refine(
    (durationMs) => durationMs <= MAX_CALL_DURATION_MS,
    'must be at most 7d',
  ),
  CALL_MAX_OPEN: wholeNumber(5, 100),
  DEFAULT_COUNTRY: z
    .custom<CountryCode>(
      (text) => typeof text === 'string' && isSupportedCountry(text),
      'must be a country in two capital letters, such as NG',
    )
    .default('NG'),
  /** Read by `calls/tariff`, which knows what it means. */
  TARIFF: z.unknown().optional(),
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(z.string().refine(isOrigin, 'must be origins, such as https://app.example.com'))),
  LIMIT_LOGIN_ADDRESS: rate('20/1m'),
  LIMIT_GUESSES_FREE: wholeNumber(5, 10),
  LIMIT_REFRESH: rate('300/1m'),
  LIMIT_REGISTER: rate('20/1h'),
  LIMIT_PASSWORDS: rate('10/1h'),
  LIMIT_PAYMENTS: rate('30/1m'),
  LIMIT_VERIFY: rate('60/1m'),
  LIMIT_CALLS: rate('60/1m'),
  MONNIFY_SIMULATOR: z.enum(['on', 'off'], 'must be on or off').default('off'),
  SIMULATED_CUSTOMER: z.enum(['pays', 'waits'], 'must be pays or waits').default('pays'),
})

const configSchema = configFields.refine(
  ({ JWT_SECRET, JWT_SECRET_PREVIOUS }) => JWT_SECRET !== JWT_SECRET_PREVIOUS,
  { path: ['JWT_SECRET_PREVIOUS'], error: 'must differ from JWT_SECRET' },
)

export type Config = z.infer<typeof configSchema>

/** @throws an error that names every missing or unusable value, and shows none */
export function readConfig(env: object): Config {
  const parsed = configSchema.safeParse(env)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`)
  throw new Error(`AIleana cannot start with this configuration:\n${lines.join('\n')}`)
}
