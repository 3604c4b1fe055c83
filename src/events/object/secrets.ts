/** Secrets of endpoints, sealed for their endpoint. Only the owner's response and the signature see one unsealed. */
import { logError } from '../../common/log'
import { newSecret, showSecret } from '../core/signing'
import { type EndpointRow, type EndpointTable, isSigning } from './endpoint-table'
import type { StreamPorts } from './ports'

/** Period after a rotation in which both secrets sign. */
export const ROTATION_MS = 24 * 3_600_000

export interface SecretsOptions {
  readonly endpoints: EndpointTable
  readonly ports: () => StreamPorts
  readonly now: () => number
}

/** @throws an error if no key opens the secret */
export async function openSecret(
  { seal }: StreamPorts,
  sealed: string,
  endpointUuid: string,
): Promise<{ secret: Uint8Array<ArrayBuffer>; isOld: boolean }> {
  const opened = await seal.open(sealed, endpointUuid)
  if (!opened) throw new Error('the secret of the endpoint cannot be opened')
  return opened
}

export class Secrets {
  readonly #options: SecretsOptions

  constructor(options: SecretsOptions) {
    this.#options = options
  }

  /** @returns a new secret, as the row and as the owner have it */
  async create(endpointUuid: string): Promise<{ readonly sealed: string; readonly shown: string }> {
    const secret = newSecret()
    const sealed = await this.#options.ports().seal.seal(secret, endpointUuid)
    return { sealed, shown: showSecret(secret) }
  }

  /** Replaces the secret. The previous one also signs for a day; any older one no longer does. */
  rotate(row: EndpointRow, sealed: string): EndpointRow {
    const { endpoints, now } = this.#options
    const previousSecretUntilMs = now() + ROTATION_MS
    return endpoints.save({
      ...row,
      secret: sealed,
      previousSecret: row.secret,
      previousSecretUntilMs,
    })
  }

  /** Seals with the current key what an earlier key sealed, and removes a secret that no longer signs. */
  async upkeep(row: EndpointRow): Promise<void> {
    try {
      await this.#renew(row)
    } catch (error) {
      logError('secret_not_renewed', error, { destination: row.uuid })
    }
  }

  async #renew(row: EndpointRow): Promise<void> {
    const { endpoints, now } = this.#options
    const previous = isSigning(row, now()) ? row.previousSecret : null
    const secret = await this.#sealAgain(row.secret, row.uuid)
    const previousSecret = previous === null ? null : await this.#sealAgain(previous, row.uuid)
    if (secret === row.secret && previousSecret === row.previousSecret) return
    const current = endpoints.find(row.uuid)
    if (current?.secret !== row.secret || current.previousSecret !== row.previousSecret) return
    const previousSecretUntilMs = previousSecret === null ? null : row.previousSecretUntilMs
    endpoints.save({ ...current, secret, previousSecret, previousSecretUntilMs })
  }

  async #sealAgain(sealed: string, endpointUuid: string): Promise<string> {
    const ports = this.#options.ports()
    const { secret, isOld } = await openSecret(ports, sealed, endpointUuid)
    return isOld ? ports.seal.seal(secret, endpointUuid) : sealed
  }
}
