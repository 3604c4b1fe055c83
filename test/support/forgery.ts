/** Forged tokens, each of which differs from a valid one by one fault. */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url } from 'jose'
import { deriveKeys } from '../../src/common/tokens/signing-keys'
import type { TokenKind } from '../../src/common/tokens/token-kind'

type Part = object | string
type Hash = Parameters<typeof hmac>[0]

const textOf = (part: Part): string => (typeof part === 'string' ? part : JSON.stringify(part))
const encode = (part: Part): string => base64url.encode(textOf(part))
const macOf = (input: string, key: Uint8Array, hash: Hash = sha256): string =>
  base64url.encode(hmac(hash, key, utf8ToBytes(input)))

const decode = (part = ''): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(base64url.decode(part)))

/** Another encoding of the same bytes: the last character of a 32-byte signature has two unused bits. */
const respelled = (signature: string): string =>
  signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)

const without = (object: object, name: string): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))

const OTHER_KEY = utf8ToBytes('another key of thirty-two bytes!')

export interface Forge {
  /** Signs with the service's key. Parts that are not given are those of the valid token. */
  readonly signed: (header?: Part, claims?: Part) => string
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
}

export function forgeFrom(good: string, secret: string, kind: TokenKind): Forge {
  const [head, body] = good.split('.')
  const header = decode(head)
  const claims = decode(body)
  const key = deriveKeys(secret)[kind]
  const signed = (h: Part = header, c: Part = claims) => {
    const input = `${encode(h)}.${encode(c)}`
    return `${input}.${macOf(input, key)}`
  }
  return { signed, header, claims }
}

/** @param other valid token of another user */
export function forgeries(
  good: string,
  other: string,
  secret: string,
  kind: TokenKind,
): Record<string, string> {
  const { signed, header, claims } = forgeFrom(good, secret, kind)
  const keys = deriveKeys(secret)
  const [head = '', body = '', signature = ''] = good.split('.')
  const withHeader = (change: object) => signed({ ...header, ...change })
  const withClaims = (change: object) => signed(header, { ...claims, ...change })
  const withKey = (key: Uint8Array, h: Part = header, hash: Hash = sha256) => {
    const input = `${encode(h)}.${body}`
    return `${input}.${macOf(input, key, hash)}`
  }
  const otherKind = kind === 'access' ? 'refresh' : 'access'
  const issuedAt = Number(claims['iat'])
  return {
    'alg none, unsigned': `${encode({ ...header, alg: 'none' })}.${body}.`,
    'alg none, signed': withHeader({ alg: 'none' }),
    'alg None': withHeader({ alg: 'None' }),
    'alg nOnE': `${encode({ ...header, alg: 'nOnE' })}.${body}.`,
    'alg hs256': withHeader({ alg: 'hs256' }),
    'alg HS384': withKey(keys[kind], { ...header, alg: 'HS384' }, sha384),
    'alg HS512': withKey(keys[kind], { ...header, alg: 'HS512' }, sha512),
    'alg RS256': withHeader({ alg: 'RS256' }),
    'alg ES256': withHeader({ alg: 'ES256' }),
    'no alg': signed(without(header, 'alg')),
    'no kid': signed(without(header, 'kid')),
    'an unknown kid': withHeader({ kid: '0123456789abcdef' }),
    'a path for kid': withHeader({ kid: '../../dev/null' }),
    'a path for kid, signed with nothing': withKey(new Uint8Array(1), {
      ...header,
      kid: '../../dev/null',
    }),
    'SQL for kid': withHeader({ kid: "x' UNION SELECT 'key'--" }),
    'an array for kid': withHeader({ kid: [header['kid']] }),
    'a number for kid': withHeader({ kid: 1 }),
    'null for kid': withHeader({ kid: null }),
    'a property of every object for kid': withHeader({ kid: 'constructor' }),
    'jwk, signed with it': withKey(OTHER_KEY, {
      ...header,
      jwk: { kty: 'oct', k: base64url.encode(OTHER_KEY) },
    }),
    jwk: withHeader({ jwk: { kty: 'oct', k: base64url.encode(OTHER_KEY) } }),
    jku: withHeader({ jku: 'https://attacker.example/jwks.json' }),
    x5u: withHeader({ x5u: 'https://attacker.example/cert.pem' }),
    x5c: withHeader({ x5c: ['MIIB'] }),
    'crit of an extension': withHeader({ crit: ['exp'] }),
    'crit b64': withHeader({ b64: false, crit: ['b64'] }),
    'another key': withKey(OTHER_KEY),
    'the secret itself for a key': withKey(utf8ToBytes(secret)),
    "the other kind's key": withKey(keys[otherKind]),
    'an empty signature': `${head}.${body}.`,
    'no signature': `${head}.${body}`,
    'a truncated signature': good.slice(0, -2),
    'a lengthened signature': `${good}AA`,
    'the signature of another token': `${head}.${body}.${other.split('.')[2]}`,
    'the claims of another token': `${head}.${other.split('.')[1]}.${signature}`,
    'a signature spelled otherwise': `${head}.${body}.${respelled(signature)}`,
    'a padded signature': `${good}=`,
    'a padded header': `${head}=.${body}.${macOf(`${head}=.${body}`, keys[kind])}`,
    'padded claims': `${head}.${body}==.${macOf(`${head}.${body}==`, keys[kind])}`,
    'no exp': signed(header, without(claims, 'exp')),
    'an exp in the past': withClaims({ iat: issuedAt - 100, exp: issuedAt - 50 }),
    'an exp far away': withClaims({ exp: Number.MAX_SAFE_INTEGER }),
    'an exp beyond the numbers': signed(
      header,
      JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999'),
    ),
    'an exp one second too late': withClaims({ exp: Number(claims['exp']) + 1 }),
    'a negative exp': withClaims({ exp: -1 }),
    'text for exp': withClaims({ exp: String(claims['exp']) }),
    'a fraction for exp': withClaims({ exp: Number(claims['exp']) - 0.5 }),
    'an nbf in the future': withClaims({ nbf: issuedAt + 3600 }),
    'an iat in the future': withClaims({ iat: issuedAt + 3600 }),
    'no iat': signed(header, without(claims, 'iat')),
    'another iss': withClaims({ iss: 'aileana.attacker.example' }),
    'no iss': signed(header, without(claims, 'iss')),
    'another aud': withClaims({ aud: `aileana:${otherKind}` }),
    'an array for aud': withClaims({ aud: [claims['aud'], 'attacker'] }),
    'no aud': signed(header, without(claims, 'aud')),
    'no sub': signed(header, without(claims, 'sub')),
    'an empty sub': withClaims({ sub: '' }),
    'a number for sub': withClaims({ sub: 1 }),
    'no sid': signed(header, without(claims, 'sid')),
    'an array for sid': withClaims({ sid: [claims['sid']] }),
    'no jti': signed(header, without(claims, 'jti')),
    'a claim more': withClaims({ role: 'admin' }),
    'a claim twice': signed(header, JSON.stringify(claims).replace('{', '{"sub":"x",')),
    'a header member twice': signed(JSON.stringify(header).replace('{', '{"alg":"none",')),
    'a space in the claims': signed(header, JSON.stringify(claims).replace('{', '{ ')),
    'a space in the header': signed(JSON.stringify(header).replace('{', '{ ')),
    'null for claims': signed(header, 'null'),
    'a list for claims': signed(header, '[]'),
    'typ JWT': withHeader({ typ: 'JWT' }),
    'no typ': signed(without(header, 'typ')),
    'the typ of the other kind': withHeader({ typ: kind === 'access' ? 'rt+jwt' : 'at+jwt' }),
    'the typ in capitals': withHeader({ typ: String(header['typ']).toUpperCase() }),
    'the typ in full': withHeader({ typ: `application/${String(header['typ'])}` }),
    'five parts, as a JWE has': `${head}.${body}.${signature}.${body}.${signature}`,
    'a part more': `${good}.${signature}`,
    'an empty first part': `.${good}`,
    'a token of spaces': ' . . ',
  }
}

/** Tokens with a faulty `ver`, which only access tokens have. */
export function forgedVersions(good: string, secret: string): Record<string, string> {
  const { signed, header, claims } = forgeFrom(good, secret, 'access')
  const withVersion = (ver: unknown) => signed(header, { ...claims, ver })
  return {
    'no ver': signed(header, without(claims, 'ver')),
    'text for ver': withVersion('0'),
    'a negative ver': withVersion(-1),
    'a fraction for ver': withVersion(0.5),
  }
}
