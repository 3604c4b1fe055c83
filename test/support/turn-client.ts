/**
 * A minimal TURN client over UDP (RFC 8489, RFC 8656) that allocates and refreshes with long-term
 * credentials.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'

const MAGIC = 0x2112_a442
const ALLOCATE = 0x0003
const REFRESH = 0x0004
const ERROR_CLASS = 0x0110
const USERNAME = 0x0006
const MESSAGE_INTEGRITY = 0x0008
const ERROR_CODE = 0x0009
const LIFETIME = 0x000d
const REALM = 0x0014
const NONCE = 0x0015
const REQUESTED_TRANSPORT = 0x0019
const UDP = Buffer.from([17, 0, 0, 0])
const RETRY_MS = 500
const TRIES = 10

type Attributes = ReadonlyMap<number, Buffer>

export interface TurnResponse {
  /** Error code (RFC 8489 section 14.8), or 0 for success. */
  readonly error: number
  readonly attributes: Attributes
}

export interface TurnCredential {
  readonly username: string
  readonly credential: string
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function encodeAttribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type)
  head.writeUInt16BE(value.length, 2)
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)])
}

function header(type: number, length: number, transaction: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type)
  head.writeUInt16BE(length, 2)
  return Buffer.concat([head, uint32(MAGIC), transaction])
}

/** Signs with the key of long-term credentials (RFC 8489 section 9.2.2). */
function encode(type: number, transaction: Buffer, attributes: Attributes, key?: Buffer): Buffer {
  const body = Buffer.concat([...attributes].map(([name, value]) => encodeAttribute(name, value)))
  if (!key) return Buffer.concat([header(type, body.length, transaction), body])
  const signed = Buffer.concat([header(type, body.length + 24, transaction), body])
  const integrity = createHmac('sha1', key).update(signed).digest()
  return Buffer.concat([signed, encodeAttribute(MESSAGE_INTEGRITY, integrity)])
}

function decode(message: Buffer): TurnResponse {
  const attributes = new Map<number, Buffer>()
  for (let at = 20; at + 4 <= message.length;) {
    const length = message.readUInt16BE(at + 2)
    attributes.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length))
    at += 4 + length + (-length & 3)
  }
  const code = attributes.get(ERROR_CODE)
  const isError = (message.readUInt16BE(0) & ERROR_CLASS) === ERROR_CLASS
  const error = isError && code ? (code[2] ?? 0) * 100 + (code[3] ?? 0) : 0
  return { error, attributes }
}

function exchange(socket: Socket, port: number, message: Buffer): Promise<TurnResponse> {
  return new Promise((resolve, reject) => {
    let tries = 0
    const finish = (settle: () => void) => {
      clearInterval(timer)
      socket.off('message', read)
      settle()
    }
    const read = (received: Buffer) => {
      if (received.subarray(8, 20).equals(message.subarray(8, 20)))
        finish(() => resolve(decode(received)))
    }
    const send = () => {
      tries += 1
      if (tries > TRIES) finish(() => reject(new Error('the TURN server does not respond')))
      else socket.send(message, port, '127.0.0.1')
    }
    const timer = setInterval(send, RETRY_MS)
    socket.on('message', read)
    send()
  })
}

/** A client with its own socket, and therefore its own allocation. */
export function createTurnClient(port: number, { username, credential }: TurnCredential) {
  const socket = createSocket('udp4')
  let realm = Buffer.alloc(0)
  let nonce = Buffer.alloc(0)

  async function request(type: number, attributes: Attributes, isRetry = false): Promise<number> {
    const isKnown = nonce.length > 0
    const key = createHash('md5').update(`${username}:${realm}:${credential}`).digest()
    const signed = new Map([
      ...attributes,
      [USERNAME, Buffer.from(username)] as const,
      [REALM, realm] as const,
      [NONCE, nonce] as const,
    ])
    const message = isKnown
      ? encode(type, randomBytes(12), signed, key)
      : encode(type, randomBytes(12), attributes)
    const response = await exchange(socket, port, message)
    const isChallenge = (response.error === 401 && !isKnown) || response.error === 438
    if (!isChallenge || isRetry) return response.error
    realm = Buffer.from(response.attributes.get(REALM) ?? '')
    nonce = Buffer.from(response.attributes.get(NONCE) ?? '')
    return request(type, attributes, true)
  }

  return {
    /** Returns 0 for an allocation of ten minutes, or the error code. */
    allocate: () =>
      request(
        ALLOCATE,
        new Map([
          [REQUESTED_TRANSPORT, UDP],
          [LIFETIME, uint32(600)],
        ]),
      ),
    /** Returns 0 if the allocation goes on, or the error code. */
    refresh: () => request(REFRESH, new Map([[LIFETIME, uint32(600)]])),
    close: () => socket.close(),
  }
}
