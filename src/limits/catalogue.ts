import type { Guesses, Quota } from './policy'

export interface Policies {
  /** Log-ins per IP address: limits an attack on many accounts. */
  readonly loginClientIp: Quota
  /** Passwords tried per account, from all IP addresses, whether or not the account exists. */
  readonly loginAccount: Guesses
  /** New passwords per user: each costs as much CPU time as several log-ins. */
  readonly passwords: Quota
  readonly refresh: Quota
  readonly register: Quota
  /** Requested messages per e-mail address, whether or not it has an account. */
  readonly mails: Quota
  /** Exports per user: each reads all of the user's data. */
  readonly exports: Quota
  /** API keys that a user creates. */
  readonly apiKeys: Quota
  /** New endpoints, rotations, tests and replays per user: they send to addresses that the user chose. */
  readonly endpoints: Quota
  readonly payments: Quota
  /** Verifications per user: each may query Monnify. */
  readonly verify: Quota
  /** Started calls per user, counted by the wallet. */
  readonly calls: Quota
  /** Accepted calls per user that were lost or did not connect, counted by the wallet. */
  readonly lostCalls: Quota
  /** Log-ins and invitations of operators per IP address. */
  readonly operatorClientIp: Quota
  /** Passwords and codes tried per account of an operator, whether or not it exists. */
  readonly operatorLogin: Guesses
  /** Bootstrap secrets tried per IP address. */
  readonly operatorBootstrap: Quota
  /** CSV files per operator. */
  readonly operatorExports: Quota
  /** Searches and lookups per operator. Names are masked, so many searches would spell them. */
  readonly operatorSearches: Quota
  /** Dry runs of tariffs per operator: each reads up to a day's calls. */
  readonly operatorDryRuns: Quota
}

const FIRST_DELAY_MS = 1000
const MAX_DELAY_MS = 15 * 60_000
const GUESSES_KEPT_MS = 24 * 3_600_000
const HOUR_MS = 3_600_000

type Rate = Pick<Quota, 'quota' | 'windowMs'>

type OperatorPolicy = Extract<keyof Policies, `operator${string}`>

interface Rates extends Readonly<
  Record<Exclude<keyof Policies, 'loginAccount' | 'apiKeys' | 'endpoints' | OperatorPolicy>, Rate>
> {
  readonly freeGuesses: number
}

const guesses = (name: string, quota: number): Guesses => ({
  kind: 'guesses',
  name,
  quota,
  windowMs: GUESSES_KEPT_MS,
  firstDelayMs: FIRST_DELAY_MS,
  maxDelayMs: MAX_DELAY_MS,
})

export const createPolicies = (rates: Rates): Policies => ({
  loginClientIp: { kind: 'quota', name: 'login-address', ...rates.loginClientIp },
  loginAccount: guesses('login-account', rates.freeGuesses),
  refresh: { kind: 'quota', name: 'refresh', ...rates.refresh },
  register: { kind: 'quota', name: 'register', ...rates.register },
  passwords: { kind: 'quota', name: 'passwords', ...rates.passwords },
  mails: { kind: 'quota', name: 'mails', ...rates.mails },
  exports: { kind: 'quota', name: 'exports', ...rates.exports },
  endpoints: { kind: 'quota', name: 'endpoints', quota: 60, windowMs: HOUR_MS },
  apiKeys: { kind: 'quota', name: 'api-keys', quota: 30, windowMs: HOUR_MS },
  payments: { kind: 'quota', name: 'payments', ...rates.payments },
  verify: { kind: 'quota', name: 'verify', ...rates.verify },
  calls: { kind: 'quota', name: 'calls', ...rates.calls },
  lostCalls: { kind: 'quota', name: 'lost-calls', ...rates.lostCalls },
  operatorClientIp: { kind: 'quota', name: 'operator-address', ...rates.loginClientIp },
  operatorLogin: guesses('operator-login', rates.freeGuesses),
  operatorBootstrap: { kind: 'quota', name: 'operator-bootstrap', quota: 5, windowMs: HOUR_MS },
  operatorExports: { kind: 'quota', name: 'operator-exports', quota: 10, windowMs: HOUR_MS },
  operatorSearches: { kind: 'quota', name: 'operator-searches', quota: 300, windowMs: HOUR_MS },
  operatorDryRuns: { kind: 'quota', name: 'operator-dry-runs', quota: 20, windowMs: HOUR_MS },
})
