/** Commands of a stream and its alarm, each in situations in which it behaves differently. */
import { eventId, type NewEvent } from '../../../src/outbox/event'
import { type Mode, addressOf } from './receivers'
import { START_MS } from './play'
import { USER } from './world'

export type Ask = readonly [method: string, ...args: unknown[]]
export type Step = Ask | { readonly passMs: number } | { readonly mode: Mode }

export interface Scene {
  readonly title: string
  readonly before: readonly Step[]
  readonly ask: Ask
}

export const ENDPOINT = '44444444-4444-4444-8444-444444444444'
const DAY_MS = 86_400_000

const event = (number: number, type = 'call.ended'): NewEvent => ({
  id: eventId(String(number)),
  type,
  version: 1,
  atMs: START_MS,
  data: { user_uuid: USER, call_uuid: `call-${number}`, cost: number },
})
export const EVENTS: readonly NewEvent[] = [
  ...Array.from({ length: 6 }, (_, index) => event(index + 1)),
  event(7, 'wallet.frozen'),
  event(8),
]
const append = (from: number, to: number): Ask => ['append', EVENTS.slice(from - 1, to)]

const endpoint = (more: object = {}): Ask => [
  'createEndpoint',
  {
    uuid: ENDPOINT,
    keyUuid: null,
    url: addressOf(1),
    description: null,
    types: null,
    includePhone: true,
    after: null,
    ...more,
  },
]
const change = (values: object): Ask => ['changeEndpoint', ENDPOINT, values]
const open: Ask = ['open']
const KEY = '55555555-5555-4555-8555-555555555555'
const createKey: Ask = [
  'createKey',
  { uuid: KEY, hash: 'hash', name: 'key', scopes: ['events:read'], tokenVersion: 1 },
]
const keyed: readonly Step[] = [open, createKey, endpoint({ keyUuid: KEY }), append(1, 2)]
const MINUTE = { passMs: 60_000 }
const delivered: readonly Step[] = [open, endpoint(), append(1, 4), MINUTE]
const down: readonly Step[] = [{ mode: 'down' }, open, endpoint(), append(1, 4), MINUTE]
const paused: readonly Step[] = [open, endpoint(), change({ status: 'paused' }), append(1, 4)]
const query = { after: 0, limit: 10, waitMs: 0 }
const sample = { ...event(99, 'endpoint.test'), data: {} }

export const SCENES: readonly Scene[] = [
  { title: 'open', before: [], ask: open },
  { title: 'open again', before: [open], ask: open },
  { title: 'append, before open', before: [], ask: append(1, 3) },
  { title: 'append, without endpoints', before: [open], ask: append(1, 3) },
  { title: 'append', before: [open, endpoint()], ask: append(1, 4) },
  { title: 'append again', before: delivered, ask: append(1, 4) },
  { title: 'append some again', before: delivered, ask: append(3, 8) },
  { title: 'append to a paused endpoint', before: paused, ask: append(5, 6) },
  {
    title: 'append of other types',
    before: [open, endpoint({ types: ['wallet.frozen'] })],
    ask: append(1, 8),
  },
  {
    title: 'append, and the receiver is gone',
    before: [open, endpoint(), { mode: 'gone' }],
    ask: append(1, 2),
  },
  { title: 'read', before: delivered, ask: ['read', query] },
  { title: 'createEndpoint', before: [open], ask: endpoint() },
  {
    title: 'createEndpoint of past events',
    before: [open, append(1, 4)],
    ask: endpoint({ after: 1 }),
  },
  { title: 'listEndpoints', before: delivered, ask: ['listEndpoints'] },
  { title: 'findEndpoint', before: delivered, ask: ['findEndpoint', ENDPOINT] },
  { title: 'changeEndpoint, to pause', before: delivered, ask: change({ status: 'paused' }) },
  { title: 'changeEndpoint, to resume', before: paused, ask: change({ status: 'enabled' }) },
  {
    title: 'changeEndpoint, to resume after 410',
    before: [{ mode: 'gone' }, open, endpoint(), append(1, 2), MINUTE, { mode: 'up' }],
    ask: change({ status: 'enabled' }),
  },
  { title: 'changeEndpoint, back', before: delivered, ask: change({ after: 1 }) },
  {
    title: 'changeEndpoint, forward',
    before: paused,
    ask: change({ after: 3, status: 'enabled' }),
  },
  {
    title: 'changeEndpoint, other types',
    before: paused,
    ask: change({ types: ['wallet.frozen'], status: 'enabled' }),
  },
  {
    title: 'changeEndpoint, another address',
    before: [...down, { mode: 'up' }],
    ask: change({ url: addressOf(1, 2) }),
  },
  { title: 'removeEndpoint', before: down, ask: ['removeEndpoint', ENDPOINT] },
  { title: 'rotateEndpointSecret', before: paused, ask: ['rotateEndpointSecret', ENDPOINT] },
  { title: 'testEndpoint', before: delivered, ask: ['testEndpoint', ENDPOINT, sample] },
  { title: 'attempts', before: delivered, ask: ['attempts', ENDPOINT, 10] },
  { title: 'replay', before: delivered, ask: ['replay', ENDPOINT, { from: 2, to: 3 }] },
  { title: 'replayEvent', before: delivered, ask: ['replayEvent', ENDPOINT, eventId('2')] },
  { title: 'listKeys', before: keyed, ask: ['listKeys', 0] },
  { title: 'useKey', before: keyed, ask: ['useKey', 'hash'] },
  { title: 'disableKey', before: keyed, ask: ['disableKey', KEY] },
  { title: 'disableKey, in use', before: [...keyed, MINUTE], ask: ['disableKey', KEY] },
  { title: 'removeKey', before: [...keyed, ['disableKey', KEY]], ask: ['removeKey', KEY] },
  { title: 'endKeys', before: [...keyed, MINUTE], ask: ['endKeys', 2] },
  { title: 'endKeys, of no key', before: [...keyed, MINUTE], ask: ['endKeys', 1] },
  { title: 'erase', before: down, ask: ['erase'] },
  { title: 'erase again', before: [...down, ['erase'], append(1, 4)], ask: ['erase'] },
  { title: 'append after an erasure', before: [open, ['erase']], ask: append(1, 2) },
  { title: 'alarm, without work', before: delivered, ask: ['alarm'] },
  { title: 'alarm, to retry', before: [...down, { mode: 'up' }], ask: ['alarm'] },
  { title: 'alarm, for a receiver that is down', before: down, ask: ['alarm'] },
  {
    title: 'alarm, for the daily upkeep',
    before: [...delivered, { passMs: DAY_MS }],
    ask: ['alarm'],
  },
  {
    title: 'alarm, to remove old events',
    before: [...delivered, { passMs: 30 * DAY_MS - 60_000 }, append(5, 6)],
    ask: ['alarm'],
  },
]
