/** A service with a `Tariffs` object and an edge cache of its own, and operators who publish versions. */
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { createApp } from '../../src/app'
import { createDeps, type Deps } from '../../src/deps'
import type { EdgeCache } from '../../src/tariffs/rates/edge-cache'
import type { Tariffs } from '../../src/tariffs/tariffs-object'
import { type Send, sender } from './client'
import { newOperator, type TestOperator } from './operators'

export const HEADER = 'id,prefix,type,forbidden,kobo_per_minute,unit_kobo'

/** CSV with one price for each prefix. */
export const csvOf = (prices: Readonly<Record<string, number>>): string =>
  [HEADER, ...Object.entries(prices).map(([p, kobo]) => `r${p.slice(1)},${p},,,${kobo},1`)].join(
    '\n',
  )

export interface CountedCache extends EdgeCache {
  hits: number
}

export function memoryCache(): CountedCache {
  const entries = new Map<string, Response>()
  const cache: CountedCache = {
    hits: 0,
    match: async (url) => {
      const found = entries.get(url)?.clone()
      if (found) cache.hits += 1
      return Promise.resolve(found)
    },
    put: async (url, response) => {
      entries.set(url, response)
      return Promise.resolve()
    },
  }
  return cache
}

export interface TariffWorld {
  readonly deps: Deps
  readonly send: Send
  readonly cache: CountedCache
  readonly stub: DurableObjectStub<Tariffs>
  /** Another isolate: it has no copy yet. */
  readonly isolate: (overrides?: Partial<Deps>) => { readonly deps: Deps; readonly send: Send }
}

export function tariffWorld(): TariffWorld {
  const name = crypto.randomUUID()
  const namespace = {
    getByName: () => env.TARIFFS.getByName(name),
  } as unknown as typeof env.TARIFFS
  const cache = memoryCache()
  const isolate: TariffWorld['isolate'] = (overrides = {}) => {
    const deps = { ...createDeps({ ...env, TARIFFS: namespace }), edgeCache: cache, ...overrides }
    const app = createApp(deps)
    return { deps, send: sender(async (request) => app.fetch(request)) }
  }
  return { ...isolate(), cache, isolate, stub: env.TARIFFS.getByName(name) }
}

export interface Staff {
  readonly author: TestOperator
  readonly approver: TestOperator
}

export const staffOf = async ({ send }: Pick<TariffWorld, 'send'>): Promise<Staff> => ({
  author: await newOperator('finance', send),
  approver: await newOperator('finance', send),
})

/** Proposes a tariff. @returns the response of the draft */
export async function draft({ author }: Staff, csv: string, effectiveAtMs: number) {
  const effective_at = new Date(effectiveAtMs).toISOString()
  return author.send('POST', '/operator/tariffs', { body: { csv, effective_at, note: 'a test' } })
}

export async function publish(staff: Staff, csv: string, effectiveAtMs: number): Promise<number> {
  const { status, body, text } = await draft(staff, csv, effectiveAtMs)
  expect(status, text).toBe(201)
  const { version, hash } = body.version
  const path = `/operator/tariffs/${version}/approve`
  const approved = await staff.approver.send('POST', path, { body: { hash } })
  expect(approved.status, approved.text).toBe(200)
  return version
}
