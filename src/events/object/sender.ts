/** Sends one request to a receiver, and reads no more of its response than the start. It never throws. */
import { checkAddress } from '../core/address'
import type { Received } from '../core/delivery'
import { TIME_LIMIT_MS } from '../core/delivery'
import { MAX_RESPONSE_BYTES, responseText } from '../core/response-text'
import type { SignatureHeaders } from '../core/signing'
import type { AttemptFault } from '../core/stream'
import type { StreamPorts } from './ports'

export interface Letter {
  readonly url: string
  readonly headers: SignatureHeaders
  readonly body: string
}

export interface Reply extends Received {
  /** At most 1 kB of the response's body. */
  readonly response: string
}

const USER_AGENT = 'AIleana-Webhooks/1'

export const noReply = (fault: AttemptFault): Reply => ({
  status: null,
  fault,
  retryAfter: null,
  response: '',
})

export type StartTimer = NonNullable<StreamPorts['startTimer']>

/** @returns a function that stops the timer */
export const startTimer: StartTimer = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** Rejects when the signal is aborted, also for work that ignores the signal. */
export const untilAborted = (signal: AbortSignal): Promise<never> => {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => {})
  return aborted
}

async function readStart(response: Response, expired: Promise<never>): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const start = new Uint8Array(MAX_RESPONSE_BYTES)
  let size = 0
  try {
    while (size < MAX_RESPONSE_BYTES) {
      const { done, value } = await Promise.race([reader.read(), expired])
      if (done) break
      const part = value.subarray(0, MAX_RESPONSE_BYTES - size)
      start.set(part, size)
      size += part.length
    }
  } catch {
    /* The status decides; the text is what arrived until then. */
  } finally {
    reader.cancel().catch(() => {})
  }
  return responseText(start.subarray(0, size))
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400

async function exchange(
  { fetch }: StreamPorts,
  { url, headers, body }: Letter,
  signal: AbortSignal,
): Promise<Reply> {
  const expired = untilAborted(signal)
  const request = new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT, ...headers },
    body,
    redirect: 'manual',
    signal,
  })
  const response = await Promise.race([fetch(request), expired])
  return {
    status: response.status,
    fault: isRedirect(response.status) ? 'redirect' : null,
    retryAfter: response.headers.get('retry-after'),
    response: await readStart(response, expired),
  }
}

/** Checks the address again, because a stored one may come from other settings. */
export async function send(ports: StreamPorts, letter: Letter): Promise<Reply> {
  const address = checkAddress(letter.url, ports.allowsLoopback)
  if (!address.ok) return noReply('address_refused')
  const controller = new AbortController()
  const stop = (ports.startTimer ?? startTimer)(TIME_LIMIT_MS, () => controller.abort())
  try {
    return await exchange(ports, { ...letter, url: address.value }, controller.signal)
  } catch {
    return noReply(controller.signal.aborted ? 'timeout' : 'unreachable')
  } finally {
    stop()
  }
}
