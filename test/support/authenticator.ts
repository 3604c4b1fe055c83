/** An authenticator in software: ES256 keys, discoverable credentials, attestation `none` (WebAuthn level 3). */
import { base64url } from 'jose'
import { ORIGIN } from './documented'

type Bytes = Uint8Array<ArrayBuffer>

const UP = 0x01
const UV = 0x04
const BACKED_UP = 0x18
const HAS_CREDENTIAL = 0x40

interface Credential {
  readonly id: Bytes
  readonly keys: CryptoKeyPair
  readonly rpId: string
  readonly userHandle: string
}

/** Deviations from what a browser and its authenticator do. */
export interface Deviation {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  readonly isVerified?: boolean
  readonly counter?: number
  readonly userHandle?: string
  readonly credentialId?: string
}

// oxlint-disable-next-line typescript/no-explicit-any -- the options are the standard's JSON
type Options = any

const bytes = (...parts: readonly (ArrayLike<number> | number)[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : Array.from(part))))

const utf8 = (text: string): Bytes => Uint8Array.from(new TextEncoder().encode(text))

const sha256 = async (data: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', data))

const uint16 = (value: number) => [value >> 8, value & 0xff]
const uint32 = (value: number) => [...uint16(value >>> 16), ...uint16(value & 0xffff)]

/** Integer of ASN.1, from unsigned bytes. */
function derInteger(value: Bytes): number[] {
  const first = value.findIndex((byte) => byte > 0)
  const short = [...value.subarray(first)]
  const positive = (short[0] ?? 0) > 0x7f ? [0, ...short] : short
  return [0x02, positive.length, ...positive]
}

/** WebCrypto writes a signature as two numbers, and WebAuthn as ASN.1. */
function derSignature(raw: Bytes): Bytes {
  const numbers = [...derInteger(raw.subarray(0, 32)), ...derInteger(raw.subarray(32))]
  return bytes(0x30, numbers.length, numbers)
}

/** COSE key (RFC 9053 section 7.1.1) of a P-256 key. */
async function coseKey({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  const { x = '', y = '' } = (await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey
  const coordinates = [base64url.decode(x), base64url.decode(y)] as const
  const head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]
  return bytes(head, [0x21, 0x58, 0x20], coordinates[0], [0x22, 0x58, 0x20], coordinates[1])
}

const cborText = (text: string) => [0x60 + text.length, ...utf8(text)]

const attestationOf = (authData: Bytes): Bytes =>
  bytes(
    [0xa3, ...cborText('fmt'), ...cborText('none'), ...cborText('attStmt'), 0xa0],
    [...cborText('authData'), 0x59, ...uint16(authData.length)],
    authData,
  )

export class SoftAuthenticator {
  readonly credentials: Credential[] = []
  /** Counter of the last signature; 0 for an authenticator without a counter. */
  counter: number
  readonly #hasCounter: boolean

  constructor({ hasCounter = true } = {}) {
    this.#hasCounter = hasCounter
    this.counter = 0
  }

  #nextCounter(): number {
    if (this.#hasCounter) this.counter += 1
    return this.counter
  }

  #clientData(options: Options, type: string, deviation: Deviation): Bytes {
    const { challenge = options.challenge, origin = ORIGIN } = deviation
    const data = { type: deviation.type ?? type, challenge, origin, crossOrigin: false }
    return utf8(JSON.stringify(data))
  }

  async #authData(rpId: string, flags: number, deviation: Deviation, rest: Bytes): Promise<Bytes> {
    const verified = deviation.isVerified === false ? 0 : UV
    const counter = deviation.counter ?? this.#nextCounter()
    const hash = await sha256(utf8(deviation.rpId ?? rpId))
    return bytes(hash, UP | BACKED_UP | verified | flags, uint32(counter), rest)
  }

  /** Like `navigator.credentials.create` and `toJSON`. */
  async create(options: Options, deviation: Deviation = {}) {
    const rpId: string = options.rp.id
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const pair = keys as CryptoKeyPair
    const id = deviation.credentialId
      ? bytes(base64url.decode(deviation.credentialId))
      : crypto.getRandomValues(new Uint8Array(32))
    const credential = { id, keys: pair, rpId, userHandle: options.user.id as string }
    this.credentials.push(credential)
    const attested = bytes(new Uint8Array(16), uint16(id.length), id, await coseKey(pair))
    const authData = await this.#authData(rpId, HAS_CREDENTIAL, deviation, attested)
    return {
      id: base64url.encode(id),
      rawId: base64url.encode(id),
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: base64url.encode(this.#clientData(options, 'webauthn.create', deviation)),
        attestationObject: base64url.encode(attestationOf(authData)),
        transports: ['internal'],
      },
    }
  }

  /** Like `navigator.credentials.get` and `toJSON`, with the newest credential. */
  async get(options: Options, deviation: Deviation = {}) {
    const credential = this.credentials.at(-1)
    if (!credential) throw new Error('the authenticator has no credential')
    const clientData = this.#clientData(options, 'webauthn.get', deviation)
    const authData = await this.#authData(options.rpId, 0, deviation, bytes())
    const signed = bytes(authData, await sha256(clientData))
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const signature = await crypto.subtle.sign(algorithm, credential.keys.privateKey, signed)
    const id = deviation.credentialId ?? base64url.encode(credential.id)
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: base64url.encode(clientData),
        authenticatorData: base64url.encode(authData),
        signature: base64url.encode(derSignature(new Uint8Array(signature))),
        userHandle: deviation.userHandle ?? credential.userHandle,
      },
    }
  }
}
