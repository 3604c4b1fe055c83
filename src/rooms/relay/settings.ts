/** Settings of the relay, for the configuration. Pure. */
import { apiUrl, optionalKeyId, optionalToken } from '../../common/settings/fields'

export const relayFields = {
  /** Cloudflare's TURN API, or a coturn agent. */
  RELAY_URL: apiUrl('https://rtc.live.cloudflare.com/v1'),
  RELAY_KEY_ID: optionalKeyId,
  RELAY_TOKEN: optionalToken,
}

interface RelaySettings {
  readonly RELAY_URL: string
  readonly RELAY_KEY_ID?: string | undefined
  readonly RELAY_TOKEN?: string | undefined
}

export interface RelayAccess {
  readonly baseUrl: string
  readonly keyId: string
  readonly token: string
}

/** Reports whether both the key and its token are set, or neither. */
export const isRelayComplete = ({
  RELAY_KEY_ID,
  RELAY_TOKEN,
}: Omit<RelaySettings, 'RELAY_URL'>): boolean =>
  (RELAY_KEY_ID === undefined) === (RELAY_TOKEN === undefined)

/** Returns `undefined` if no relay is configured. */
export const relayAccessOf = ({
  RELAY_URL,
  RELAY_KEY_ID,
  RELAY_TOKEN,
}: RelaySettings): RelayAccess | undefined =>
  RELAY_KEY_ID === undefined || RELAY_TOKEN === undefined
    ? undefined
    : { baseUrl: RELAY_URL, keyId: RELAY_KEY_ID, token: RELAY_TOKEN }
