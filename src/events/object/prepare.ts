/** Prepares a delivery: opens the endpoint's secrets, adds the phone number if the endpoint asked for it, and signs. */
import type { NewEvent } from '../../outbox/event'
import { PREPARATION_LIMIT_MS } from '../core/delivery'
import { payloadOf } from '../core/payload'
import { sign } from '../core/signing'
import { type EndpointRow, isSigning } from './endpoint-table'
import type { StreamPorts } from './ports'
import { openSecret } from './secrets'
import { type Letter, startTimer, untilAborted } from './sender'

/**
 * The current secret, and during a rotation the previous one. A previous one that no key opens is left out: a rotation is
 * how the owner replaces it.
 */
async function secretsOf(
  ports: StreamPorts,
  row: EndpointRow,
  nowMs: number,
): Promise<readonly Uint8Array[]> {
  const previous = isSigning(row, nowMs) ? row.previousSecret : null
  const [current, earlier] = await Promise.all([
    openSecret(ports, row.secret, row.uuid),
    previous === null ? undefined : ports.seal.open(previous, row.uuid),
  ])
  return [current, earlier].flatMap((opened) => opened?.secret ?? [])
}

const isOfCall = (type: string): boolean => type.startsWith('call.')

/** Adds `recipient_phone` to the data of calls. A sample of a test names no real call. */
async function withPhone(
  ports: StreamPorts,
  row: EndpointRow,
  event: NewEvent,
  isTest: boolean,
): Promise<NewEvent> {
  if (!row.includePhone || !isOfCall(event.type)) return event
  const { user_uuid: userUuid, call_uuid: callUuid } = event.data
  const phone = isTest ? null : await ports.recipientOf(String(userUuid), String(callUuid))
  return { ...event, data: { ...event.data, recipient_phone: phone } }
}

/** @throws an error if something could not be read in time; this is no failure of the receiver */
export async function prepare(
  ports: StreamPorts,
  row: EndpointRow,
  event: NewEvent,
  sequence: number | null,
  now: () => number,
): Promise<Letter> {
  const controller = new AbortController()
  const stop = (ports.startTimer ?? startTimer)(PREPARATION_LIMIT_MS, () => controller.abort())
  try {
    const [secrets, sent] = await Promise.race([
      Promise.all([secretsOf(ports, row, now()), withPhone(ports, row, event, sequence === null)]),
      untilAborted(controller.signal),
    ])
    const body = JSON.stringify(payloadOf(sent, sequence))
    return { url: row.url, headers: sign(secrets, { id: event.id, atMs: now(), body }), body }
  } finally {
    stop()
  }
}
