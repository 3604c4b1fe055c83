import { describe, expect, it } from 'vitest'
import {
  describeScenario,
  expectedWebhooks,
  judgeScenario,
  type ScenarioOutcome,
} from '../../scripts/aileana/monnify/scenario-verdict'
import { SCENARIOS } from '../../src/dev/simulator/scenario'

type Name = keyof typeof SCENARIOS

const ACCEPTED = { answer: 200 }
const REJECTED = { answer: 401 }
const FAILED = { answer: 500 }

const PAID: ScenarioOutcome = {
  receivedKobo: 100_000,
  creditedKobo: 100_000,
  topUps: 1,
  status: 'completed',
  webhooks: [ACCEPTED],
}
const UNPAID = { ...PAID, receivedKobo: 0, creditedKobo: 0, topUps: 0, webhooks: [] }

/** The outcome that each scenario must have. */
const EXPECTED: Record<Name, ScenarioOutcome> = {
  paid: PAID,
  paid_in_part: { ...PAID, receivedKobo: 50_000, creditedKobo: 50_000, status: 'processing' },
  overpaid: { ...PAID, receivedKobo: 125_000, creditedKobo: 125_000 },
  declined: { ...UNPAID, status: 'failed' },
  abandoned: { ...UNPAID, status: 'cancelled' },
  webhook_duplicate: { ...PAID, webhooks: [ACCEPTED, ACCEPTED] },
  webhook_late: PAID,
  webhook_reordered: { ...PAID, webhooks: [ACCEPTED, ACCEPTED] },
  webhook_dropped: { ...PAID, webhooks: [] },
  webhook_unsigned: { ...PAID, webhooks: [REJECTED] },
  webhook_wrongly_signed: { ...PAID, webhooks: [REJECTED] },
  webhook_altered: { ...PAID, webhooks: [REJECTED] },
  status_slow: { ...PAID, webhooks: [FAILED, ACCEPTED] },
  status_500: { ...PAID, webhooks: [FAILED, FAILED, ACCEPTED] },
  status_502: { ...PAID, webhooks: [FAILED, FAILED, ACCEPTED] },
  status_contradictory: PAID,
}

describe('the verdict on a scenario', () => {
  it.each(Object.entries(EXPECTED))('is correct for %s', (name, outcome) => {
    const verdict = judgeScenario(SCENARIOS[name as Name], outcome)
    expect(verdict.text).toMatch(/^Correct: .+\.$/)
    expect(verdict.isCorrect).toBe(true)
  })

  it('names each scenario differently', () => {
    const described = Object.values(SCENARIOS).map(describeScenario)
    expect(new Set(described).size).toBe(described.length)
    expect(describeScenario(SCENARIOS.webhook_duplicate)).toBe(
      'The customer pays in full. Webhook: sent twice.',
    )
  })

  it.each<[string, Name, Partial<ScenarioOutcome>, string]>([
    [
      'a double credit',
      'webhook_duplicate',
      { creditedKobo: 200_000, topUps: 2 },
      'Wrong: ₦2,000.00 was credited for ₦1,000.00 received; the ledger has 2 top-ups.',
    ],
    [
      'a missing credit',
      'webhook_dropped',
      { creditedKobo: 0, topUps: 0 },
      'Wrong: ₦0.00 was credited for ₦1,000.00 received; the ledger has 0 top-ups.',
    ],
    [
      'a credit without money',
      'declined',
      { creditedKobo: 100_000, topUps: 1 },
      'Wrong: ₦1,000.00 was credited for ₦0.00 received; the ledger has 1 top-ups.',
    ],
    ['two credits of the right sum', 'paid', { topUps: 2 }, 'Wrong: the ledger has 2 top-ups.'],
    [
      'an accepted forgery',
      'webhook_unsigned',
      { webhooks: [ACCEPTED] },
      'Wrong: 1 webhooks were accepted instead of 0.',
    ],
    [
      'a forgery that never arrived',
      'webhook_unsigned',
      { webhooks: [] },
      'Wrong: only 0 webhooks arrived.',
    ],
    [
      'a missing duplicate',
      'webhook_duplicate',
      { webhooks: [ACCEPTED] },
      'Wrong: 1 webhooks were accepted instead of 2; only 1 webhooks arrived.',
    ],
    [
      'another status',
      'abandoned',
      { status: 'completed' },
      'Wrong: the payment is completed instead of cancelled.',
    ],
  ])('reports %s', (_, name, difference, text) => {
    const verdict = judgeScenario(SCENARIOS[name], { ...EXPECTED[name], ...difference })
    expect(verdict).toEqual({ isCorrect: false, text })
  })

  it.each<[Name, number]>([
    ['paid', 1],
    ['paid_in_part', 1],
    ['declined', 0],
    ['abandoned', 0],
    ['webhook_dropped', 0],
    ['webhook_reordered', 2],
    ['webhook_altered', 1],
  ])('of %s awaits webhooks: %i', (name, count) =>
    expect(expectedWebhooks(SCENARIOS[name])).toBe(count),
  )
})
