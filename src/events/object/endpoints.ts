/** Endpoints of a stream: their commands, and deliveries that begin when they are due. */
import { ok, refuse, type Result } from '../../common/result'
import type { Attempt, Endpoint, EndpointChange, NewEndpoint, StoredEvent } from '../core/stream'
import type { EventLog } from './event-log'
import type { StreamPorts } from './ports'

export interface EndpointsOptions {
  readonly owner: string
  readonly storage: DurableObjectStorage
  readonly log: EventLog
  readonly ports: () => StreamPorts
  readonly now: () => number
  /** Called when the time of the next attempt has changed. */
  readonly setAlarm: () => void
}

export interface WithSecret {
  readonly endpoint: Endpoint
  /** `whsec_…`, shown only now. */
  readonly secret: string
}

export class Endpoints {
  readonly #options: EndpointsOptions

  constructor(options: EndpointsOptions) {
    this.#options = options
  }

  /** Reads the times of the next attempts. Runs in the constructor of the object. */
  load(): void {}

  /** Earliest time at which `run` has work; `undefined` if it has none. */
  get dueAtMs(): number | undefined {
    return undefined
  }

  /** Begins the deliveries that are due, one at a time for each endpoint. It does not wait for them. */
  run(): void {}

  /** Ends when no delivery is in progress. For tests and the simulation. */
  async settled(): Promise<void> {
    this.#options.now()
  }

  /** Seals secrets again with the current key, and removes old attempts. Runs once a day. */
  async upkeep(): Promise<void> {}

  /** Refuses `too_many_endpoints` and `endpoint_address_refused`. */
  async create(_endpoint: NewEndpoint): Promise<Result<WithSecret>> {
    return refuse({ code: 'not_found' })
  }

  list(): Endpoint[] {
    return []
  }

  /** Refuses `not_found`. */
  find(_uuid: string): Result<Endpoint> {
    return refuse({ code: 'not_found' })
  }

  /** Refuses `not_found`, `endpoint_address_refused` and `endpoint_state_conflict`. */
  change(_uuid: string, _change: EndpointChange): Result<Endpoint> {
    return refuse({ code: 'not_found' })
  }

  /** Refuses `not_found`. */
  remove(_uuid: string): Result<null> {
    return refuse({ code: 'not_found' })
  }

  /** Disables the endpoints that a key created. */
  disableOfKey(_keyUuid: string): void {}

  /** Both secrets sign for 24 hours. Refuses `not_found`. */
  async rotateSecret(_uuid: string): Promise<Result<WithSecret>> {
    return refuse({ code: 'not_found' })
  }

  /** Sends a sample event once, at once. Refuses `not_found`. */
  async sendTest(_uuid: string, _event: Omit<StoredEvent, 'sequence'>): Promise<Result<Attempt>> {
    return refuse({ code: 'not_found' })
  }

  /** Newest first. Refuses `not_found`. @param beforeSeq exclusive */
  attempts(_uuid: string, _limit: number, _beforeSeq?: number): Result<Attempt[]> {
    return ok([])
  }

  /**
   * Sends events again that the stream still has, in order. Refuses `not_found` for the endpoint or a range without
   * events, and `endpoint_state_conflict`. @returns how many events the range has
   */
  replay(_uuid: string, _range: { from: number; to: number }): Result<number> {
    return refuse({ code: 'not_found' })
  }
}
