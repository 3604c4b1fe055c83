/** Sends sample events to endpoints: once, at once, and without an effect on the state of the endpoint. */
import { logError } from '../../common/log'
import { ok, refuse, type Result } from '../../common/result'
import type { NewEvent } from '../../outbox/event'
import type { Attempt } from '../core/stream'
import type { AttemptTable } from './attempt-table'
import type { EndpointRow, EndpointTable } from './endpoint-table'
import type { StreamPorts } from './ports'
import { prepare } from './prepare'
import { noReply, type Reply, send } from './sender'

export interface TestSenderOptions {
  readonly endpoints: EndpointTable
  readonly attempts: AttemptTable
  readonly ports: () => StreamPorts
  readonly now: () => number
}

export class TestSender {
  readonly #options: TestSenderOptions
  readonly #inProgress = new Set<string>()

  constructor(options: TestSenderOptions) {
    this.#options = options
  }

  /** Refuses `endpoint_state_conflict` while another test is in progress, and `not_found` if the endpoint is gone. */
  async send(row: EndpointRow, event: NewEvent): Promise<Result<Attempt>> {
    const { uuid } = row
    if (this.#inProgress.has(uuid))
      return refuse({ code: 'endpoint_state_conflict', reason: 'Another test is in progress.' })
    this.#inProgress.add(uuid)
    try {
      const atMs = this.#options.now()
      const reply = await this.#exchange(row, event)
      return this.#record(uuid, event, atMs, reply)
    } finally {
      this.#inProgress.delete(uuid)
    }
  }

  async #exchange(row: EndpointRow, event: NewEvent): Promise<Reply> {
    const ports = this.#options.ports()
    try {
      return await send(ports, await prepare(ports, row, event, null, this.#options.now))
    } catch (error) {
      logError('delivery_not_prepared', error, { destination: row.uuid })
      return noReply('internal')
    }
  }

  #record(
    endpointUuid: string,
    event: NewEvent,
    atMs: number,
    { status, fault, response }: Reply,
  ): Result<Attempt> {
    const { endpoints, attempts, now } = this.#options
    if (!endpoints.find(endpointUuid)) return refuse({ code: 'not_found' })
    const durationMs = now() - atMs
    const { id: eventId, type: eventType } = event
    const values = { endpointUuid, cause: 'test', eventId, eventType, sequence: null } as const
    return ok(attempts.add({ ...values, atMs, durationMs, status, fault, response }))
  }
}
