/** Notices to the owner of a stream: an e-mail to a user, an exception for the deployment's operators. */
import type { ExceptionStore } from '../exceptions/store'
import type { DeliveryDeps } from '../mail/deliver'
import type { MessageStore } from '../mail/store'
import { DEPLOYMENT } from '../outbox/event'
import type { EndpointNotice } from './core/stream'

export interface NoticeDeps extends DeliveryDeps {
  readonly messageStore: MessageStore
  readonly exceptionStore: ExceptionStore
}

const KIND = 'endpoint_disabled'

/** Informs the owner that an endpoint was disabled. A repeat changes nothing. */
export async function informOwner(deps: NoticeDeps, notice: EndpointNotice): Promise<void> {
  if (notice.owner === DEPLOYMENT) return informOperators(deps, notice)
  const { owner: userUuid, endpoint, atMs: createdAtMs } = notice
  await deps.messageStore.insert({
    id: `${KIND}/${endpoint.uuid}/${createdAtMs}`,
    kind: KIND,
    userUuid,
    recipient: null,
    facts: factsOf(endpoint),
    createdAtMs,
  })
  deps.deliverMail()
}

/** An endpoint that was enabled again and then disabled is recorded again, which opens a resolved exception. */
async function informOperators(
  { exceptionStore }: NoticeDeps,
  { endpoint, atMs }: EndpointNotice,
): Promise<void> {
  const { uuid: subject } = endpoint
  const { rows } = await exceptionStore.about([subject])
  if (rows.some(({ kind, lastAtMs }) => kind === KIND && lastAtMs >= atMs)) return
  const { host, reason } = factsOf(endpoint)
  const note = `${host}: ${reason}`
  await exceptionStore.record({ kind: KIND, subject, amountKobo: null, atMs, note })
}

/** The rest of an address may contain a secret of the receiver. */
const factsOf = ({ uuid, url, disabledReason }: EndpointNotice['endpoint']) => ({
  endpoint: uuid,
  host: new URL(url).host,
  reason: disabledReason ?? 'unknown',
})
