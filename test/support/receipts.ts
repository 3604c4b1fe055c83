/** A service with a scripted gateway, whose receipts are issued only when a test says so. */
import { env } from 'cloudflare:workers'
import { expect, vi } from 'vitest'
import { issueDueReceipts } from '../../src/receipts/issue'
import { type PublicKeys, readKeySet } from '../../src/receipts/core/jws'
import { verifyFile } from '../../src/receipts/core/verify'
import type { Deps } from '../../src/deps'
import { newUser, send, type TestUser } from './client'
import { type World, worldWith } from './gateway'

export interface ReceiptWorld extends World {
  readonly user: TestUser
  /** Pays a new payment. @returns its UUID */
  readonly pay: (naira?: number, status?: string, paid?: number) => Promise<string>
  readonly issueDue: (replaced?: Partial<Deps>) => Promise<void>
}

export async function receiptWorld(replaced: Partial<Deps> = {}): Promise<ReceiptWorld> {
  const world = worldWith({ issueReceipt: () => undefined, ...replaced })
  const user = await newUser(world.send)
  async function pay(naira = 100, status = 'PAID', paid = naira): Promise<string> {
    const body = { amount: naira, method: 'monnify' }
    const { uuid, payment_reference } = (await user.send('POST', '/payments', { body })).body
    world.gateway.says(payment_reference, status, paid)
    await user.send('POST', `/payments/verify/${payment_reference}`)
    return uuid
  }
  const issueDue = (other: Partial<Deps> = {}) => issueDueReceipts({ ...world.deps, ...other })
  return { ...world, user, pay, issueDue }
}

export async function publicKeys(): Promise<PublicKeys> {
  const { body } = await send('GET', '/.well-known/jwks.json')
  return readKeySet(body) ?? new Map()
}

/** Findings of a file, with the service's own keys. */
export async function findingsOf(file: object): Promise<readonly string[]> {
  const verified = await verifyFile(JSON.stringify(file), await publicKeys())
  return verified.isGenuine ? [] : verified.findings
}

/** Waits until the receipts of a user's payments are issued in the background. */
export const receiptsIssued = (userUuid: string): Promise<void> =>
  vi.waitFor(async () => {
    const { results } = await env.DB.prepare(
      'SELECT id FROM receipts WHERE user_uuid = ? AND content IS NULL',
    )
      .bind(userUuid)
      .all()
    expect(results).toEqual([])
  })

export interface StoredReceipt {
  readonly id: string
  readonly number: number | null
  readonly year: number | null
  readonly attempts: number
  readonly next_attempt_at_ms: number | null
}

export const storedReceipt = (id: string): Promise<StoredReceipt | null> =>
  env.DB.prepare('SELECT * FROM receipts WHERE id = ?').bind(id).first<StoredReceipt>()

/** Numbers of a year, in order. */
export async function numbersOf(year: number): Promise<number[]> {
  const { results } = await env.DB.prepare(
    'SELECT number FROM receipts WHERE year = ? ORDER BY number',
  )
    .bind(year)
    .all<{ number: number }>()
  return results.map(({ number }) => number)
}
