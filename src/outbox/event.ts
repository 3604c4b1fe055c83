/** Events of streams: what happened, as a wallet or D1 stores it until a stream has it. */
import { v5 } from 'uuid'

/** Value of a field of an event's data. The data is flat. */
export type Fact = string | number | boolean | null

export interface NewEvent {
  /** Stable and unique: `evt_` and 32 hexadecimal digits. A stream ignores an ID that it has. */
  readonly id: string
  /** One of the catalogue, such as `payment.completed`. */
  readonly type: string
  /** Version of the form of `data`. */
  readonly version: number
  /** When it happened. */
  readonly atMs: number
  /** As receivers see it: snake_case, amounts in naira. It never contains a phone number or a name. */
  readonly data: Readonly<Record<string, Fact>>
}

/** Owner of a stream: a user's UUID, or the deployment. */
export type StreamOwner = string

export const DEPLOYMENT: StreamOwner = 'deployment'

const USER_PREFIX = 'user/'

/** Name of a stream's object, and destination in a wallet's outbox: `user/<UUID>`, or `deployment`. */
export const streamName = (owner: StreamOwner): string =>
  owner === DEPLOYMENT ? owner : `${USER_PREFIX}${owner}`

export const ownerOfStream = (name: string): StreamOwner =>
  name.startsWith(USER_PREFIX) ? name.slice(USER_PREFIX.length) : name

const ID_NAMESPACE = '0f3a2d52-6c47-4a35-9f0c-7d4a4b8f5c21'

/** ID of an event, derived from its cause, so that a repeated cause has the same ID. */
export const eventId = (cause: string): string =>
  `evt_${v5(cause, ID_NAMESPACE).replaceAll('-', '')}`
