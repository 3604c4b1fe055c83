/**
 * Fields of the configuration. Values are trimmed, and an empty one counts as not set. Messages say what is
 * wrong, but never show the value. Pure.
 */
import { EMAIL } from '../text/email.ts'
import { z } from 'zod'
import { isLoopbackHost } from './loopback-host.ts'

const MS_PER = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
export const DAY_MS = MS_PER.d
const MIN_SECRET_BYTES = 32
const PLACEHOLDER = /change|replace|example|placeholder|your[-_ ]|secret[-_]?key|<.*>/i
/** A repeated character, or a placeholder word. */
const FILLER = /^(.)\1{3,}$|^(todo|test|dummy|fake|null|none|undefined|tbd|xxx+)$/i
const QUOTED = /^["'`]|["'`]$/
const WHOLE = /^(?:0|[1-9]\d*)$/
const DURATION = /^[1-9]\d{0,6}[smhd]$/
const DURATION_OR_NONE = /^(0|[1-9]\d{0,6})[smhd]$/
const CONTROL = /\p{Cc}/u
const BLANK = /\s/u
const NOT_ASCII = /[^\p{ASCII}]/u

/** Trims a value. Returns `undefined` for an empty one. Variables in wrangler.toml may be numbers. */
export function trimmed(value: unknown): unknown {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' ? text.trim() || undefined : text
}

const text = z
  .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a string') })
  .refine((value) => !QUOTED.test(value), {
    error: 'begins or ends with a quotation mark; remove the quotes',
    abort: true,
  })

const line = text.refine((value) => !CONTROL.test(value), {
  error: 'contains a line break or another control character; remove it',
  abort: true,
})

const ascii = line.refine((value) => !NOT_ASCII.test(value), {
  error: 'contains a character that is not ASCII; remove it',
  abort: true,
})

const required = <Field extends z.ZodType>(field: Field) => z.preprocess(trimmed, field)
const optional = <Field extends z.ZodType>(field: Field) => z.preprocess(trimmed, field.optional())
const withDefault = <Field extends z.ZodType>(field: Field, fallback: string) =>
  z.preprocess((value) => trimmed(value) ?? fallback, field)

const toMs = (duration: string): number =>
  Number(duration.slice(0, -1)) * MS_PER[duration.slice(-1) as keyof typeof MS_PER]

const durationText = (ms: number): string =>
  ms % MS_PER.d === 0 ? `${ms / MS_PER.d}d` : `${ms / MS_PER.m}m`

const durationOf = (form: RegExp, message: string, maxMs: number) =>
  line
    .regex(form, message)
    .transform(toMs)
    .refine((durationMs) => durationMs <= maxMs, `must be at most ${durationText(maxMs)}`)

export const duration = (fallback: string, maxMs = Infinity) =>
  withDefault(
    durationOf(DURATION, 'must be a duration such as 90s, 15m, 24h or 7d', maxMs),
    fallback,
  )

export const durationOrNone = (fallback: string, maxMs: number) =>
  withDefault(
    durationOf(DURATION_OR_NONE, 'must be a duration such as 30s, or 0s for none', maxMs),
    fallback,
  )

/** `<count>/<window>`, for example `20/1m`. */
export const rate = (fallback: string) =>
  withDefault(
    line
      .regex(
        /^([1-9]\d{0,2}|1000)\/[1-9]\d{0,3}[smhd]$/,
        'must be a rate such as 20/1m, with a count of at most 1000',
      )
      .transform((value) => {
        const [quota = '', window = ''] = value.split('/')
        return { quota: Number(quota), windowMs: toMs(window) }
      }),
    fallback,
  )

export const wholeNumber = (fallback: number, max: number) =>
  withDefault(
    line
      .regex(WHOLE, 'must be a whole number')
      .transform(Number)
      .pipe(z.number().min(1, 'must be at least 1').max(max, `must be at most ${max}`)),
    String(fallback),
  )

const secretText = ascii
  .refine(
    (value) => new TextEncoder().encode(value).length >= MIN_SECRET_BYTES,
    'must have at least 32 bytes',
  )
  .refine((value) => !PLACEHOLDER.test(value), 'is a placeholder; set the real value')
  .refine((value) => new Set(value).size >= 8, 'is too regular; use a random value')

const withoutBlanks = (value: string) => !BLANK.test(value)
const HAS_BLANKS = 'contains a space; remove it'

/** Secret that signs. A passphrase may contain spaces. */
export const secret = required(secretText)
export const optionalSecret = optional(secretText)

const tokenText = secretText.refine(withoutBlanks, HAS_BLANKS)

/** Secret that is sent as a bearer token (RFC 6750). */
export const token = required(tokenText)
export const optionalToken = optional(tokenText)

const credentialText = ascii
  .refine(withoutBlanks, HAS_BLANKS)
  .refine(
    (value) => !PLACEHOLDER.test(value) && !FILLER.test(value),
    'is a placeholder; set the real value',
  )

export const credential = required(credentialText)
export const optionalCredential = optional(credentialText)

const keyIdText = credentialText.regex(
  /^[\w-]{1,64}$/,
  'must have at most 64 letters, digits, _ or -',
)

/** Public ID of a key, which is part of a path. */
export const keyId = required(keyIdText)
export const optionalKeyId = optional(keyIdText)

/** User ID of Basic authentication, which ends at the first colon (RFC 7617 section 2). */
export const credentialName = required(
  credentialText.refine((value) => !value.includes(':'), 'contains a colon; remove it'),
)

/** Origin of a URL (RFC 6454): scheme, host and port. `undefined` if the URL has more than a last slash. */
function clientInfoOf(address: string): string | undefined {
  const url = URL.parse(address.replace(/\/+$/, ''))
  return url?.host && url.href === `${url.origin}/` ? url.origin : undefined
}

const origin = (form: RegExp, message: string) =>
  line.transform((value, context) => {
    const parsed = form.test(value) ? clientInfoOf(value) : undefined
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

/** URL of a service: https, without a path. A last slash is removed. */
export const baseUrl = (fallback: string) =>
  withDefault(
    origin(/^https:/i, `must be an https URL without a path, such as ${fallback}`),
    fallback,
  )

/** URL of a service, as `baseUrl`, without a default. */
export const optionalBaseUrl = (example: string) =>
  optional(origin(/^https:/i, `must be an https URL without a path, such as ${example}`))

/** Removes a last slash. `undefined` unless the URL is https, or http on this machine, without a query. */
function apiUrlOf(address: string): string | undefined {
  const url = URL.parse(address)
  if (url === null || BLANK.test(address)) return undefined
  const isSafe =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
  const hasMore = /[?#]/.test(address) || url.username !== '' || url.password !== ''
  return isSafe && !hasMore ? url.href.replace(/\/+$/, '') : undefined
}

/** URL of an API, with an optional path. http is accepted for a loopback host only. */
export const apiUrl = (fallback: string) =>
  withDefault(
    line.transform((value, context) => {
      const parsed = apiUrlOf(value)
      if (parsed !== undefined) return parsed
      context.addIssue({ code: 'custom', message: `must be an https URL such as ${fallback}` })
      return z.NEVER
    }),
    fallback,
  )

export const optionalUrl = optional(
  line.refine((value) => {
    const url = URL.parse(value)
    return !BLANK.test(value) && /^https?:\/\//i.test(value) && url !== null && !url.username
  }, 'must be a URL that begins with https:// or http:// and has no user name'),
)

/** `name@example.com` or `Name <name@example.com>`. */
export const optionalSender = optional(
  line.refine(
    (value) => EMAIL.test(value.replace(/^[^<>@]+<([^<>]+)>$/, '$1')),
    'must be an e-mail address, such as AIleana <no-reply@example.com>',
  ),
)

const list = <Value>(item: z.ZodType<Value, string>) =>
  withDefault(
    text.transform((value) => value.split(/[\s,]+/).filter(Boolean)).pipe(z.array(item)),
    ',',
  )

export const originList = list(
  origin(/^https?:\/\/[^*]+$/i, 'must be a list of origins, such as https://app.example.com'),
)

export const addressList = list(
  z.union(
    [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
    'must be a list of IP addresses or CIDR ranges',
  ),
)

export const oneOf = <const Value extends string>(values: readonly Value[], fallback: Value) =>
  withDefault(z.enum(values, `must be ${values.join(' or ')}`), fallback)

export const custom = <Value>(
  isGood: (value: unknown) => boolean,
  message: string,
  fallback: string,
) => withDefault(z.custom<Value>(isGood, message), fallback)
