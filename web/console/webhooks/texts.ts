/** Endpoints and attempts in words. Pure. */
import { EVENT_TYPES } from '../../../client/webhook-events'
import { capitalise, printTime } from '../../shared/print'

export interface Endpoint {
  readonly uuid: string
  readonly url: string
  readonly types: readonly string[] | null
  readonly include_phone: boolean
  readonly status: 'enabled' | 'paused' | 'disabled'
  readonly disabled_reason: string | null
  readonly failures: number
  readonly next_attempt_at: string | null
  readonly previous_secret_until: string | null
}

export interface Attempt {
  readonly cause: string
  /** ID of the event. */
  readonly event: string
  readonly type: string
  readonly sequence: number | null
  readonly at: string
  readonly duration_ms: number
  readonly status: number | null
  readonly fault: string | null
  readonly response: string
}

/** Choices of events; each is the beginning of types. Without a beginning, an endpoint receives all. */
export const EVENT_CHOICES = {
  all: { name: 'All events', starts: [] },
  money: { name: 'Payments and refunds', starts: ['payment.', 'refund.'] },
  calls: { name: 'Calls and credit', starts: ['call.', 'credit.'] },
  wallets: { name: 'Freezes of wallets', starts: ['wallet.'] },
} as const satisfies Record<string, { readonly name: string; readonly starts: readonly string[] }>

export type EventChoice = keyof typeof EVENT_CHOICES

const hasStart = (type: string, starts: readonly string[]): boolean =>
  starts.some((start) => type.startsWith(start))

/** @returns `undefined` for all types */
export function typesOf(choice: EventChoice): string[] | undefined {
  const { starts } = EVENT_CHOICES[choice]
  return starts.length === 0 ? undefined : EVENT_TYPES.filter((type) => hasStart(type, starts))
}

/** Name of the choice that has these types, or their list. */
export function printTypes(types: readonly string[] | null): string {
  if (types === null) return EVENT_CHOICES.all.name
  const chosen = (Object.keys(EVENT_CHOICES) as EventChoice[]).find(
    (choice) => typesOf(choice)?.toSorted().join() === types.toSorted().join(),
  )
  return chosen === undefined ? types.join(', ') : EVENT_CHOICES[chosen].name
}

const REASONS: Readonly<Record<string, string>> = {
  gone: 'The receiver responded with status 410.',
  failing: 'Deliveries failed for five days.',
  key_revoked: 'Its API key was revoked.',
}

type Tone = 'good' | 'warn' | 'quiet' | 'bad'

export function statusOf(endpoint: Endpoint): readonly [tone: Tone, word: string] {
  const { status, failures } = endpoint
  if (status === 'disabled') return ['bad', 'Disabled']
  if (status === 'paused') return ['quiet', 'Paused']
  return failures > 0 ? ['warn', 'Failing'] : ['good', 'Enabled']
}

/** An endpoint of a revoked key stays disabled. */
export const canResume = ({ status, disabled_reason: reason }: Endpoint): boolean =>
  status !== 'enabled' && reason !== 'key_revoked'

/** Details besides the status; empty if there are none. */
export function situationOf(endpoint: Endpoint): string {
  const { status, disabled_reason: reason, failures, next_attempt_at: next } = endpoint
  if (status === 'disabled') return REASONS[reason ?? ''] ?? ''
  if (status === 'paused') return 'Events wait.'
  if (failures === 0) return ''
  const count = failures === 1 ? '1 failure' : `${failures} failures`
  return next === null ? `${count}.` : `${count}; next attempt at ${printTime(next)}.`
}

const FAULTS: Readonly<Record<string, string>> = {
  timeout: 'No response in 15 s',
  unreachable: 'Unreachable',
  redirect: 'Redirect',
  address_refused: 'Address refused',
  internal: 'Not sent',
}

/** Result of an attempt. */
export function outcomeOf({ status, fault }: Attempt): readonly [tone: Tone, word: string] {
  const isDelivered = fault === null && status !== null && status >= 200 && status < 300
  const word = fault === null ? '' : (FAULTS[fault] ?? fault)
  const shown = [word, status === null ? '' : `status ${status}`].filter(Boolean).join(', ')
  return [isDelivered ? 'good' : 'bad', capitalise(shown || 'No response')]
}

const CAUSES: Readonly<Record<string, string>> = { replay: 'replay', test: 'test' }

/** `14:03:22 · 12 ms · replay`. */
export const factsOf = ({ at, duration_ms, cause }: Attempt): string =>
  [printTime(at), `${duration_ms} ms`, CAUSES[cause]].filter(Boolean).join(' · ')

const RECEIVER = /^\/simulator\/receiver\/([\w-]{1,64})$/

/** Name of the simulated receiver at an address; `undefined` for another address. */
export function receiverOf(url: string, origin: string): string | undefined {
  const address = URL.parse(url)
  const isHere = address !== null && address.origin === origin
  return isHere ? RECEIVER.exec(address.pathname)?.[1] : undefined
}
