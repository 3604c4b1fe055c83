/** Values of a stream that its object, the routes and the endpoints share. Pure. */
import type { NewEvent } from '../../outbox/event'

/** Event with its number in the stream, from 1, without a gap. */
export interface StoredEvent extends NewEvent {
  readonly sequence: number
}

export interface EventQuery {
  /** Returns events with higher numbers. */
  readonly after: number
  /** From 1 to 500. */
  readonly limit: number
  /** Only these types; absent for all. */
  readonly types?: readonly string[] | undefined
  /** How long to wait for an event if there is none, up to 25,000. */
  readonly waitMs: number
  /** Key that reads; absent for a session. It must be valid until the page is returned. */
  readonly keyUuid?: string | undefined
}

export interface EventPage {
  readonly events: readonly StoredEvent[]
  /** Cursor for the next page. It also passes events that the types left out. */
  readonly next: number
}

export interface ApiKey {
  readonly uuid: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAtMs: number
  /** To the minute; null if the key was never used. */
  readonly lastUsedAtMs: number | null
}

export interface NewApiKey {
  readonly uuid: string
  /** SHA-256 of the key, in hexadecimal. */
  readonly hash: string
  readonly name: string
  readonly scopes: readonly string[]
  /** The user's token version. The end of all sessions also ends the keys. Zero for the deployment. */
  readonly tokenVersion: number
}

/** A valid key, as its object reports it. */
export interface KeyHolder {
  readonly keyUuid: string
  readonly scopes: readonly string[]
  readonly tokenVersion: number
}

export type EndpointStatus = 'enabled' | 'paused' | 'disabled'

/** `gone`: the receiver responded 410. `failing`: five days of failures. `key_revoked`: its key was revoked. */
export type DisabledReason = 'gone' | 'failing' | 'key_revoked'

export interface Endpoint {
  readonly uuid: string
  /** Key that created it or changed its address last; null for a session. */
  readonly keyUuid: string | null
  readonly url: string
  readonly description: string | null
  /** Types that it receives; null for all. */
  readonly types: readonly string[] | null
  /** Whether its events of calls contain the recipient's phone number. */
  readonly includePhone: boolean
  readonly status: EndpointStatus
  readonly disabledReason: DisabledReason | null
  /** Number of the last event that was delivered or left out. */
  readonly cursor: number
  /** Failures since the last success. */
  readonly failures: number
  readonly failingSinceMs: number | null
  readonly nextAttemptAtMs: number | null
  readonly previousSecretUntilMs: number | null
  readonly createdAtMs: number
}

export interface WithSecret {
  readonly endpoint: Endpoint
  /** `whsec_…`, shown only now. */
  readonly secret: string
}

export interface NewEndpoint {
  readonly uuid: string
  readonly keyUuid: string | null
  readonly url: string
  readonly description: string | null
  readonly types: readonly string[] | null
  readonly includePhone: boolean
  /** Number of the event after which deliveries begin; null for the newest. */
  readonly after: number | null
}

export type EndpointChange = Partial<
  Pick<Endpoint, 'url' | 'description' | 'types' | 'includePhone'>
> & {
  readonly status?: 'enabled' | 'paused'
  /** Moves the cursor. */
  readonly after?: number
}

/** Why an attempt was made. */
export type AttemptCause = 'delivery' | 'replay' | 'test'

/**
 * Why an attempt failed without a usable response. `internal`: the service could not prepare the event, which does not
 * count against the receiver.
 */
export type AttemptFault = 'timeout' | 'unreachable' | 'redirect' | 'address_refused' | 'internal'

export interface Attempt {
  readonly seq: number
  readonly endpointUuid: string
  readonly cause: AttemptCause
  readonly eventId: string
  readonly eventType: string
  /** Number of the event; null for a test. */
  readonly sequence: number | null
  readonly atMs: number
  readonly durationMs: number
  /** HTTP status; null without a response. */
  readonly status: number | null
  readonly fault: AttemptFault | null
  /** At most 1 kB of the response's body. */
  readonly response: string
}

/** Notice to the owner of an endpoint that was disabled. */
export interface EndpointNotice {
  readonly owner: string
  readonly endpoint: Pick<Endpoint, 'uuid' | 'url' | 'disabledReason'>
  readonly atMs: number
}
