/** All rate-limit policies. */
import type { Guesses, Quota } from './policy'

export interface Policies {
  /** Log-ins from one IP address, against guesses at many accounts. */
  readonly loginClientIp: Quota
  /** Passwords tried for one e-mail address, from any client, whether the account exists or not. */
  readonly loginAccount: Guesses
  /** New passwords of one user: each costs as much CPU time as several log-ins. */
  readonly passwords: Quota
  readonly refresh: Quota
  readonly register: Quota
  readonly payments: Quota
  /** Verifications by one user, each of which may query Monnify. */
  readonly verify: Quota
  /** Counted by the wallet, in the transaction that starts the call. */
  readonly calls: Quota
}

const FIRST_DELAY_MS = 1000
const MAX_DELAY_MS = 15 * 60_000
const GUESSES_KEPT_MS = 24 * 3_600_000

type Rate = Pick<Quota, 'quota' | 'windowMs'>

interface Rates extends Readonly<Record<Exclude<keyof Policies, 'loginAccount'>, Rate>> {
  readonly freeGuesses: number
}

export const createPolicies = (rates: Rates): Policies => ({
  loginClientIp: { kind: 'quota', name: 'login-address', ...rates.loginClientIp },
  loginAccount: {
    kind: 'guesses',
    name: 'login-account',
    quota: rates.freeGuesses,
    windowMs: GUESSES_KEPT_MS,
    firstDelayMs: FIRST_DELAY_MS,
    maxDelayMs: MAX_DELAY_MS,
  },
  refresh: { kind: 'quota', name: 'refresh', ...rates.refresh },
  register: { kind: 'quota', name: 'register', ...rates.register },
  passwords: { kind: 'quota', name: 'passwords', ...rates.passwords },
  payments: { kind: 'quota', name: 'payments', ...rates.payments },
  verify: { kind: 'quota', name: 'verify', ...rates.verify },
  calls: { kind: 'quota', name: 'calls', ...rates.calls },
})
