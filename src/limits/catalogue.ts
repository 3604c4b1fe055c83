/** The limits that there are, by what they protect. */
import type { Guesses, Quota } from './policy'

export interface Policies {
  /** Log-ins from one address: passwords tried at many accounts. */
  readonly loginClientIp: Quota
  /** Passwords tried at one account, from wherever, whether it exists or not. */
  readonly loginAccount: Guesses
  /** New passwords that one user sets: each costs what several log-ins do. */
  readonly passwords: Quota
  readonly refresh: Quota
  readonly register: Quota
  readonly payments: Quota
  /** Payments that one user has Monnify asked about. */
  readonly verify: Quota
  /** Counted by the wallet itself, beside the calls. */
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
