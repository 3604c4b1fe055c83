/** Tokens of Cloudflare Access. */
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createDeps } from '../../../src/deps'
import { createAccessVerifier } from '../../../src/operators/access/cloudflare-access'
import { ORIGIN } from '../../support/client'
import { useClock } from '../../support/clock'
import { fromPage } from '../../support/desk'
import { worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'

useClock()

const TEAM = 'https://team.cloudflareaccess.com'
const AUDIENCE = '4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2'
const HEADER = 'Cf-Access-Jwt-Assertion'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>
let own: Pair
let forged: Pair
const fetched: string[] = []

beforeAll(async () => {
  own = await generateKeyPair('RS256', { extractable: true })
  forged = await generateKeyPair('RS256', { extractable: true })
})

const verifyAccessToken = createAccessVerifier({
  teamDomain: TEAM,
  audience: AUDIENCE,
  now: () => Date.now(),
  fetch: async (url) => {
    fetched.push(url)
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }
    return Response.json({ keys: [jwk] })
  },
})
const world = worldWith({ verifyAccessToken })

interface Claims {
  readonly email?: string
  readonly issuer?: string
  readonly audience?: string
  readonly expiresInSeconds?: number
}

const claimsOf = ({ email, issuer = TEAM, audience = AUDIENCE, expiresInSeconds = 60 }: Claims) => {
  const now = Math.floor(Date.now() / 1000)
  const token = new SignJWT({ type: 'app', ...(email !== undefined && { email }) })
  return token
    .setIssuer(issuer)
    .setAudience([audience])
    .setIssuedAt(now)
    .setExpirationTime(now + expiresInSeconds)
}

const signed = (claims: Claims, key: CryptoKey = own.privateKey): Promise<string> =>
  claimsOf(claims).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(key)

const sessionWith = (token: string) =>
  world.send('GET', '/operator/session', { headers: { [HEADER]: token } })

describe('a token of Cloudflare Access', () => {
  it('identifies the enabled operator of its e-mail address, in any letter case', async () => {
    const { email, uuid } = await newOperator('finance', world.send)
    const { status, body } = await sessionWith(await signed({ email: email.toUpperCase() }))
    expect(status).toBe(200)
    expect(body).toMatchObject({ operator: { uuid, role: 'finance' }, expires_at: null })
    expect(fetched[0]).toBe(`${TEAM}/cdn-cgi/access/certs`)
  })

  it.each<[string, (email: string) => Promise<string>]>([
    ['forged with another key', (email) => signed({ email }, forged.privateKey)],
    ['that is expired', (email) => signed({ email, expiresInSeconds: 0 })],
    ['of another issuer', (email) => signed({ email, issuer: 'https://evil.example' })],
    ['of another team', (email) => signed({ email, issuer: `${TEAM}.evil.example` })],
    ['for another audience', (email) => signed({ email, audience: 'another' })],
    ['without an e-mail address', () => signed({})],
    ['of an unknown e-mail address', () => signed({ email: 'unknown@example.com' })],
    [
      'with the algorithm none',
      async (email) => {
        const [, claims] = (await signed({ email })).split('.')
        return `${btoa('{"alg":"none"}').replaceAll('=', '')}.${claims}.`
      },
    ],
    [
      'signed with the public key as an HMAC secret',
      async (email) => {
        const secret = new TextEncoder().encode(await exportSPKI(own.publicKey))
        return claimsOf({ email }).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(secret)
      },
    ],
    [
      'with an altered claim',
      async (email) => {
        const [header, claims = '', signature] = (
          await signed({ email: 'unknown@example.com' })
        ).split('.')
        const altered = { ...(JSON.parse(atob(claims)) as object), email }
        return [header, btoa(JSON.stringify(altered)).replaceAll('=', ''), signature].join('.')
      },
    ],
    ['that is not a token', async () => 'x.y.z'],
  ])('%s is refused', async (_, tokenFor) => {
    const { email } = await newOperator('admin', world.send)
    expect(await sessionWith(await tokenFor(email))).toMatchObject({
      status: 401,
      body: { code: 'operator_unknown' },
    })
  })

  it('of a disabled operator is refused', async () => {
    const { email, uuid } = await newOperator('admin', world.send)
    await env.DB.prepare('UPDATE operators SET disabled_at_ms = 1 WHERE uuid = ?').bind(uuid).run()
    expect((await sessionWith(await signed({ email }))).status).toBe(401)
  })

  it('is refused if the keys cannot be read', async () => {
    const { email } = await newOperator('admin', world.send)
    const fresh = createAccessVerifier({
      teamDomain: TEAM,
      audience: AUDIENCE,
      now: () => Date.now(),
      fetch: () => Promise.reject(new TypeError('the network is down')),
    })
    expect(await fresh(await signed({ email }))).toBeUndefined()
  })

  it('changes nothing from another site, and does from the pages', async () => {
    const { email } = await newOperator('admin', world.send)
    const token = await signed({ email })
    const request = { body: { name: 'Laptop', days: 1 } }
    const from = (headers: Record<string, string>) =>
      world.send('POST', '/operator/keys', { ...request, headers: { [HEADER]: token, ...headers } })
    expect((await from({ Origin: 'https://evil.example' })).status).toBe(403)
    expect((await from({})).status).toBe(403)
    expect((await from({ Origin: ORIGIN })).status).toBe(201)
  })

  it('identifies the operator although the cookie is of an ended session', async () => {
    const { email, uuid } = await newOperator('admin', world.send)
    const headers = { ...fromPage('ops_of-an-ended-session'), [HEADER]: await signed({ email }) }
    const { body } = await world.send('GET', '/operator/session', { headers })
    expect(body.operator.uuid).toBe(uuid)
  })

  it('is ignored without its settings', async () => {
    const { email } = await newOperator('admin', world.send)
    const plain = worldWith()
    const headers = { [HEADER]: await signed({ email }) }
    expect((await plain.send('GET', '/operator/session', { headers })).status).toBe(401)
  })
})

describe('the settings of Cloudflare Access', () => {
  it('are both set, or none', () => {
    const both = { ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUDIENCE: AUDIENCE }
    expect(createDeps({ ...env, ...both }).verifyAccessToken).toBeDefined()
    expect(createDeps(env).verifyAccessToken).toBeUndefined()
    for (const [name, value] of Object.entries(both))
      expect(() => createDeps({ ...env, [name]: value })).toThrow('require each other')
  })
})
