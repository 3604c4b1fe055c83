/** Informs owners that endpoints were disabled, again and again until it succeeds. */
import { logError } from '../../common/log'
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
import type { EndpointRow, EndpointTable } from './endpoint-table'
import type { StreamPorts } from './ports'

const NOTICE_RETRIES: RetrySchedule = {
  firstMs: 60_000,
  longestMs: 3_600_000,
  attempts: Infinity,
}

export interface NoticesOptions {
  readonly owner: string
  readonly endpoints: EndpointTable
  readonly ports: () => StreamPorts
  readonly now: () => number
  readonly setAlarm: () => void
}

export class Notices {
  readonly #options: NoticesOptions
  readonly #inProgress = new Map<string, Promise<void>>()
  /** Failed notices, by endpoint. A new object begins at zero. */
  readonly #failures = new Map<string, number>()

  constructor(options: NoticesOptions) {
    this.#options = options
  }

  get inProgress(): readonly Promise<void>[] {
    return [...this.#inProgress.values()]
  }

  get dueAtMs(): number | undefined {
    const times = this.#options.endpoints.all().flatMap((row) => row.noticeDueAtMs ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }

  run(): void {
    const { endpoints, now } = this.#options
    for (const row of endpoints.all()) {
      const isDue = row.noticeDueAtMs !== null && row.noticeDueAtMs <= now()
      if (isDue && !this.#inProgress.has(row.uuid)) this.#begin(row)
    }
  }

  forget(uuid: string): void {
    this.#failures.delete(uuid)
  }

  /** The time of the next notice is stored first, so that an object that stops repeats the notice. */
  #begin(row: EndpointRow): void {
    const failures = this.#failures.get(row.uuid) ?? 0
    this.#failures.set(row.uuid, failures + 1)
    this.#postpone(row, nextAttempt(failures, this.#options.now(), NOTICE_RETRIES))
    const notice = this.#inform(row)
      .finally(() => this.#inProgress.delete(row.uuid))
      .then(this.#options.setAlarm)
      .catch((error: unknown) =>
        logError('endpoint_notice_failed', error, { destination: row.uuid }),
      )
    this.#inProgress.set(row.uuid, notice)
  }

  async #inform({ uuid, url, disabledReason, disabledAtMs }: EndpointRow): Promise<void> {
    const { owner, endpoints, ports, now } = this.#options
    const endpoint = { uuid, url, disabledReason }
    await ports().informOwner({ owner, endpoint, atMs: disabledAtMs ?? now() })
    this.#failures.delete(uuid)
    const row = endpoints.find(uuid)
    if (row?.disabledAtMs === disabledAtMs) this.#postpone(row, null)
  }

  #postpone(row: EndpointRow, noticeDueAtMs: number | null): void {
    this.#options.endpoints.save({ ...row, noticeDueAtMs })
  }
}
