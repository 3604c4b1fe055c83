/**
 * Replaces everything that would make a run unrepeatable: the clock, random values, timers and threads.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createRandom, type Random, uuidFrom } from '../support/random'

export interface Platform {
  nowMs: number
  random: Random
  restore(): void
}

type Replaced = [target: object, name: string, value: unknown]

const hmac = (key: unknown, body: Uint8Array) =>
  createHmac('sha512', key as Uint8Array)
    .update(body)
    .digest()

/** Web Crypto's HMAC without threads, which would finish in any order. */
const SUBTLE = {
  importKey: async (_format: string, secret: Uint8Array) => secret,
  sign: async (_name: string, key: unknown, body: Uint8Array) =>
    new Uint8Array(hmac(key, body)).buffer,
  verify: async (_name: string, key: unknown, mac: Uint8Array, body: Uint8Array) =>
    timingSafeEqual(hmac(key, body), mac),
}

function fill<T extends ArrayBufferView>(array: T, random: Random): T {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  for (let index = 0; index < bytes.length; index++) bytes[index] = random.below(256)
  return array
}

/** Also silences the service's log. */
export function installPlatform(startMs: number): Platform {
  const platform: Platform = { nowMs: startMs, random: createRandom(0), restore: () => {} }
  const replaced: readonly Replaced[] = [
    [Date, 'now', () => platform.nowMs],
    [crypto, 'randomUUID', () => uuidFrom(platform.random)],
    [crypto, 'getRandomValues', (array: ArrayBufferView) => fill(array, platform.random)],
    [crypto, 'subtle', SUBTLE],
    [AbortSignal, 'timeout', () => new AbortController().signal],
    [console, 'log', () => {}],
    [console, 'error', () => {}],
    [
      globalThis,
      'WebSocketRequestResponsePair',
      class WebSocketRequestResponsePair {
        readonly kind = 'pair'
      },
    ],
  ]
  const before = replaced.map(
    ([target, name]) => [target, name, Object.getOwnPropertyDescriptor(target, name)] as const,
  )
  for (const [target, name, value] of replaced)
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
  platform.restore = () => {
    for (const [target, name, descriptor] of before)
      if (descriptor) Object.defineProperty(target, name, descriptor)
      else Reflect.deleteProperty(target, name)
  }
  return platform
}
