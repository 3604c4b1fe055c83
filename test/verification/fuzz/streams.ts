/** User with a stream of events, API keys and endpoints. The receivers of the events are a double. */
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { eventId } from '../../../src/outbox/event'
import { newUser, type TestUser } from '../../support/client'
import type { World } from '../../support/gateway'

/** Tags of the operations that this user sends. */
export const STREAMING: ReadonlySet<string> = new Set(['Keys', 'Events', 'Endpoints'])

/** The user's stream has the numbers 1 to this one. */
const EVENTS = 5
/** Fewer than the service allows, so that there is room for those that a request needs. */
const MOST_KEYS = 15
const MOST_ENDPOINTS = 7
/** An endpoint is replaced after so many requests, because they pause, delete and test it. */
const USES = 4

export interface Streamer {
  readonly user: TestUser
  endpoint: string
  endpointUses: number
}

/** Receivers by their paths: a status, or no response at all. */
const RECEIVERS = ['hook', '503', '302', 'lost']

/** A response that is no line of text. */
const TEXT = new TextEncoder().encode('ok\u0000\r\n\u2028\ud83d\ude00\u202e').slice(0, -1)

async function receive(input: RequestInfo | URL): Promise<Response> {
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  if (pathname === '/lost') throw new Error('the connection was lost')
  const status = Number(/^\/(\d{3})$/.exec(pathname)?.[1] ?? 200)
  return new Response(TEXT, { status })
}

const wait = scheduler.wait.bind(scheduler)

/** Nothing leaves the machine, and a request that waits for events waits no time. Other waits have no signal. */
export function noNetwork(): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(receive)
  vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) =>
    options?.signal ? Promise.resolve() : wait(ms, options),
  )
}

async function created(user: TestUser, path: string, body: object): Promise<string> {
  const answer = await user.send('POST', path, { body })
  if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`)
  return answer.body.uuid
}

const newKey = (user: TestUser) =>
  created(user, '/keys', { name: 'A key', scopes: ['events:read'] })

export async function streamerOf(world: World): Promise<Streamer> {
  const user = await newUser(world.send)
  await newKey(user)
  const events = Array.from({ length: EVENTS }, (_, index) => ({
    id: eventId(`${user.uuid}/${index}`),
    type: index % 2 === 0 ? 'call.ended' : 'payment.completed',
    version: 1,
    atMs: Date.now(),
    data: { index },
  }))
  await env.STREAM.getByName(`user/${user.uuid}`).append(events)
  return { user, endpoint: '', endpointUses: 0 }
}

/** Removes the oldest of a list, until at most `most` are left. */
async function removeBeyond(user: TestUser, path: string, most: number): Promise<void> {
  const list: { uuid: string }[] = (await user.send('GET', path)).body
  for (const { uuid } of list.slice(0, Math.max(0, list.length - most)))
    await user.send('DELETE', `${path}/${uuid}`)
}

/** Keeps below the limits of keys and endpoints. */
export async function makeRoomFor({ user }: Streamer, operationId: string): Promise<void> {
  if (operationId === 'createKey') await removeBeyond(user, '/keys', MOST_KEYS)
  if (operationId === 'createEndpoint') await removeBeyond(user, '/endpoints', MOST_ENDPOINTS)
}

export async function apiKeyOf({ user }: Streamer): Promise<string> {
  await removeBeyond(user, '/keys', MOST_KEYS)
  return newKey(user)
}

const has = async (user: TestUser, endpoint: string): Promise<boolean> =>
  (await user.send('GET', `/endpoints/${endpoint}`)).status === 200

/** An endpoint with two attempts, or one that earlier requests have used. */
export async function endpointOf(streamer: Streamer): Promise<string> {
  const { user } = streamer
  const uses = streamer.endpointUses++
  if (uses % USES > 0 && (await has(user, streamer.endpoint))) return streamer.endpoint
  await removeBeyond(user, '/endpoints', MOST_ENDPOINTS)
  const receiver = RECEIVERS[Math.floor(uses / USES) % RECEIVERS.length] ?? ''
  const url = `https://receiver.example/${receiver}`
  streamer.endpoint = await created(user, '/endpoints', { url, after: 0 })
  for (let test = 0; test < 2; test++)
    await user.send('POST', `/endpoints/${streamer.endpoint}/test`, { body: {} })
  return streamer.endpoint
}

/** ID of the newest event. */
export async function eventOf({ user }: Streamer): Promise<string> {
  const { body } = await user.send('GET', `/events?after=${EVENTS - 1}`)
  return body[0].id
}

/** Keys and endpoints, without what deliveries change at any time. */
export async function shownState({ user }: Streamer): Promise<Record<string, string>> {
  const { text: keys } = await user.send('GET', '/keys')
  const { body } = await user.send('GET', '/endpoints')
  const endpoints = (body as Record<string, unknown>[]).map(
    ({ uuid, url, description, types, include_phone, status, previous_secret_until }) => [
      uuid,
      url,
      description,
      types,
      include_phone,
      status,
      previous_secret_until,
    ],
  )
  return { '/keys': keys, '/endpoints': JSON.stringify(endpoints) }
}
