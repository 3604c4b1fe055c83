import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { limitFlood } from '../../src/limits/middleware'
import { createPolicies } from '../../src/limits/catalogue'
import { limitReads } from '../../src/limits/quota'

/** A different rate for each policy. */
const rates = {
  loginClientIp: { quota: 1, windowMs: 1001 },
  refresh: { quota: 2, windowMs: 1002 },
  register: { quota: 3, windowMs: 1003 },
  passwords: { quota: 4, windowMs: 1004 },
  payments: { quota: 5, windowMs: 1005 },
  exports: { quota: 10, windowMs: 1010 },
  verify: { quota: 6, windowMs: 1006 },
  calls: { quota: 7, windowMs: 1007 },
  lostCalls: { quota: 8, windowMs: 1008 },
  mails: { quota: 9, windowMs: 1009 },
}

describe('the policies', () => {
  it('double the wait after each guess, from 1 s to 15 min, and forget guesses after a day', () => {
    expect(createPolicies({ ...rates, freeGuesses: 5 }).loginAccount).toEqual({
      kind: 'guesses',
      name: 'login-account',
      quota: 5,
      windowMs: 86_400_000,
      firstDelayMs: 1000,
      maxDelayMs: 900_000,
    })
  })

  it('have their configured rates, and different names', () => {
    const {
      loginAccount: _,
      operatorLogin: __,
      ...quotas
    } = createPolicies({
      ...rates,
      freeGuesses: 5,
    })
    const names: Record<string, string> = {
      loginClientIp: 'login-address',
      lostCalls: 'lost-calls',
    }
    for (const [key, rate] of Object.entries(rates)) {
      const name = names[key] ?? key
      expect(quotas[key as keyof typeof quotas]).toEqual({ kind: 'quota', name, ...rate })
    }
    const fixed = [
      'apiKeys',
      'endpoints',
      'operatorClientIp',
      'operatorBootstrap',
      'operatorExports',
      'operatorSearches',
      'operatorDryRuns',
    ]
    expect(Object.keys(quotas).toSorted()).toEqual([...Object.keys(rates), ...fixed].toSorted())
  })

  it('of API keys have the rate of docs/keys.md', () => {
    const { apiKeys, endpoints } = createPolicies({ ...rates, freeGuesses: 5 })
    expect(endpoints).toEqual({ kind: 'quota', name: 'endpoints', quota: 60, windowMs: 3_600_000 })
    expect(apiKeys).toEqual({ kind: 'quota', name: 'api-keys', quota: 30, windowMs: 3_600_000 })
  })

  it('of operators have names of their own, and the rates of docs/back-office.md', () => {
    const policies = createPolicies({ ...rates, freeGuesses: 5 })
    expect(policies.operatorLogin).toEqual({ ...policies.loginAccount, name: 'operator-login' })
    expect(policies.operatorClientIp).toEqual({
      ...policies.loginClientIp,
      name: 'operator-address',
    })
    expect(policies.operatorBootstrap).toMatchObject({ quota: 5, windowMs: 3_600_000 })
    expect(policies.operatorExports).toMatchObject({ quota: 10, windowMs: 3_600_000 })
    expect(policies.operatorSearches).toMatchObject({ quota: 300, windowMs: 3_600_000 })
    expect(policies.operatorDryRuns).toMatchObject({ quota: 20, windowMs: 3_600_000 })
  })
})

interface Counter {
  readonly name: string
  readonly namespace: string
  readonly policy: string
}

/** @returns the counters in wrangler.toml, with policies in the format of `RateLimit-Policy` */
function countersOf(toml: string): Counter[] {
  const block =
    /\[\[ratelimits\]\]\nname = "(\w+)"\nnamespace_id = "(\d+)"\nsimple = \{ limit = (\d+), period = (\d+) \}/g
  return Array.from(toml.matchAll(block), ([, name = '', namespace = '', limit, period]) => ({
    name,
    namespace,
    policy: `q=${limit};w=${period}`,
  }))
}

describe("the platform's counters", () => {
  const counters = countersOf(
    readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8'),
  )
  const full = { limit: async () => ({ success: false }) }
  const open = { limit: async () => ({ success: true }) }
  const holder = { userUuid: 'u', sessionUuid: 's', tokenVersion: 0 }
  const tokens = { verifyAccess: async () => ({ ok: true, value: holder }) } as never
  const holders = { tokens, holderOfKey: () => undefined, now: () => 0 }

  /** @returns the header `RateLimit-Policy` of a rejected request */
  async function shown(middleware: Parameters<Hono['use']>[1]): Promise<string | null> {
    const app = new Hono().use('*', middleware)
    const answer = await app.request('/', { headers: { 'CF-Connecting-IP': '203.0.113.9' } })
    expect(answer.status).toBe(429)
    return answer.headers.get('RateLimit-Policy')
  }

  it.each([
    ['FLOOD_GUARD', 'flood', () => limitFlood({ floodGuard: full })],
    [
      'SESSION_QUOTA',
      'session',
      () => limitReads({ ...holders, floodGuard: open, sessionQuota: full, userQuota: open }),
    ],
    [
      'USER_QUOTA',
      'user',
      () => limitReads({ ...holders, floodGuard: open, sessionQuota: open, userQuota: full }),
    ],
  ])('%s is reported with the figures in wrangler.toml', async (name, policy, middleware) => {
    const counter = counters.find((other) => other.name === name)
    expect(await shown(middleware() as never)).toBe(`"${policy}";${counter?.policy}`)
  })

  it('have different namespaces', () => {
    expect(counters.map(({ name }) => name)).toHaveLength(3)
    expect(new Set(counters.map(({ namespace }) => namespace)).size).toBe(3)
  })

  it('allow a user as many reads as two sessions', () => {
    expect(Object.fromEntries(counters.map(({ name, policy }) => [name, policy]))).toEqual({
      FLOOD_GUARD: 'q=600;w=60',
      USER_QUOTA: 'q=600;w=60',
      SESSION_QUOTA: 'q=300;w=60',
    })
  })
})
