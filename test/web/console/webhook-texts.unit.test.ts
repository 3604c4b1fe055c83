import { describe, expect, it } from 'vitest'
import {
  type Attempt,
  canResume,
  type Endpoint,
  factsOf,
  outcomeOf,
  printTypes,
  receiverOf,
  situationOf,
  statusOf,
  typesOf,
} from '../../../web/console/webhooks/texts'
import { printTime } from '../../../web/shared/print'

const ENDPOINT: Endpoint = {
  uuid: 'a',
  url: 'https://example.com/hook',
  types: null,
  include_phone: false,
  status: 'enabled',
  disabled_reason: null,
  failures: 0,
  next_attempt_at: null,
  previous_secret_until: null,
}

const ATTEMPT: Attempt = {
  cause: 'delivery',
  event: 'evt_1',
  type: 'call.ended',
  sequence: 3,
  at: '2026-11-27T12:00:00.000Z',
  duration_ms: 12,
  status: 204,
  fault: null,
  response: '',
}

const AT = printTime(ATTEMPT.at)

describe('an endpoint in words', () => {
  it.each<[Partial<Endpoint>, string, string]>([
    [{}, 'Enabled', ''],
    [{ failures: 1 }, 'Failing', '1 failure.'],
    [{ failures: 3, next_attempt_at: ATTEMPT.at }, 'Failing', `3 failures; next attempt at ${AT}.`],
    [{ status: 'paused', failures: 3 }, 'Paused', 'Events wait.'],
    [
      { status: 'disabled', disabled_reason: 'gone' },
      'Disabled',
      'The receiver responded with status 410.',
    ],
    [
      { status: 'disabled', disabled_reason: 'failing' },
      'Disabled',
      'Deliveries failed for five days.',
    ],
    [
      { status: 'disabled', disabled_reason: 'key_revoked' },
      'Disabled',
      'Its API key was revoked.',
    ],
    [{ status: 'disabled', disabled_reason: 'newer' }, 'Disabled', ''],
  ])('%j is %s: %s', (changed, word, situation) => {
    const endpoint = { ...ENDPOINT, ...changed }
    expect([statusOf(endpoint)[1], situationOf(endpoint)]).toEqual([word, situation])
  })

  it('continues unless its key was revoked', () => {
    const states: readonly Partial<Endpoint>[] = [
      {},
      { status: 'paused' },
      { status: 'disabled', disabled_reason: 'gone' },
      { status: 'disabled', disabled_reason: 'key_revoked' },
    ]
    const found = states.map((state) => canResume({ ...ENDPOINT, ...state }))
    expect(found).toEqual([false, true, true, false])
  })

  it.each([
    ['https://calls.example/simulator/receiver/my-one', 'my-one'],
    ['https://calls.example/simulator/receiver/a/settings', undefined],
    ['https://other.example/simulator/receiver/my-one', undefined],
    ['no URL', undefined],
  ])('%s has the receiver %s', (url, name) => {
    expect(receiverOf(url, 'https://calls.example')).toBe(name)
  })
})

describe('the events of an endpoint', () => {
  it('are named by the choice that has them', () => {
    expect(typesOf('all')).toBeUndefined()
    expect(typesOf('wallets')).toEqual(['wallet.frozen', 'wallet.unfrozen'])
    expect(printTypes(null)).toBe('All events')
    expect(printTypes(typesOf('calls')?.toReversed() ?? [])).toBe('Calls and credit')
    expect(printTypes(['call.ended', 'newer.type'])).toBe('call.ended, newer.type')
  })
})

describe('an attempt in words', () => {
  it.each<[Partial<Attempt>, string, string]>([
    [{}, 'good', 'Status 204'],
    [{ status: 500 }, 'bad', 'Status 500'],
    [{ status: 302, fault: 'redirect' }, 'bad', 'Redirect, status 302'],
    [{ status: null, fault: 'timeout' }, 'bad', 'No response in 15 s'],
    [{ status: null, fault: 'newer' }, 'bad', 'Newer'],
    [{ status: null }, 'bad', 'No response'],
    [{ status: 200, fault: 'timeout' }, 'bad', 'No response in 15 s, status 200'],
  ])('%j is %s: %s', (changed, tone, word) => {
    expect(outcomeOf({ ...ATTEMPT, ...changed })).toEqual([tone, word])
  })

  it('has its time, duration and cause', () => {
    expect(factsOf(ATTEMPT)).toBe(`${AT} · 12 ms`)
    expect(factsOf({ ...ATTEMPT, cause: 'replay' })).toBe(`${AT} · 12 ms · replay`)
  })
})
