/** Forged access and refresh tokens: every route rejects them (RFC 8725). */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { newUser, send, type TestUser } from '../support/client'
import { sampleOf, secured } from '../support/documented'
import { forgedVersions, forgeFrom, forgeries } from '../support/forgery'

const { JWT_SECRET } = env

/** The same in all requests, so that their responses can be compared. */
const ID = crypto.randomUUID()

let user: TestUser
let other: TestUser
let headers: Record<string, string>

beforeAll(async () => {
  user = await newUser()
  other = await newUser()
  const forged = {
    ...forgeries(user.token, other.token, JWT_SECRET, 'access'),
    ...forgedVersions(user.token, JWT_SECRET),
    'the refresh token': user.refreshToken,
  }
  headers = {
    ...Object.fromEntries(
      Object.entries(forged).map(([fault, token]) => [fault, `Bearer ${token}`]),
    ),
    'no scheme': user.token,
    'another scheme': `Token ${user.token}`,
    'a token twice': `Bearer ${user.token} ${user.token}`,
    'a header twice': `Bearer ${user.token}, Bearer ${user.token}`,
    'a comma': `Bearer ${user.token},`,
    'something after it': `Bearer ${user.token} x`,
  }
})

describe('a forged access token', () => {
  it('has one fault; without it the token is accepted, with the scheme in any letter case', async () => {
    const { signed } = forgeFrom(user.token, JWT_SECRET, 'access')
    expect(signed()).toBe(user.token)
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect(
        (await send('GET', '/users/me', { headers: { Authorization: `${scheme} ${user.token}` } }))
          .status,
      ).toBe(200)
    expect(Object.keys(headers).length).toBeGreaterThan(80)
    expect(secured.length).toBeGreaterThan(15)
  })

  it.each(secured)(
    'is rejected by $method $path in the same way as a missing one',
    async (route) => {
      const said = async (Authorization?: string) => {
        const { method, path, body: sample } = sampleOf(route, ID)
        const refused = await send(method, path, {
          body: sample,
          headers: Authorization === undefined ? {} : { Authorization },
        })
        const { request_id: _, ...body } = refused.body
        const challenge = refused.headers.get('WWW-Authenticate')
        return { status: refused.status, challenge, body }
      }
      const expected = await said()
      expect(expected).toMatchObject({ status: 401, challenge: 'Bearer realm="aileana"' })
      for (const [fault, header] of Object.entries(headers))
        expect(await said(header), fault).toEqual(expected)
    },
  )
})

describe('a forged refresh token', () => {
  it('is rejected, and does not affect the session', async () => {
    const forged = {
      ...forgeries(user.refreshToken, other.refreshToken, JWT_SECRET, 'refresh'),
      'the access token': user.token,
      'a space after it': `${user.refreshToken} `,
      'a line break in it': user.refreshToken.replace('.', '.\n'),
    }
    const refresh = (refresh_token: string) =>
      send('POST', '/auth/refresh', { body: { refresh_token } })
    for (const [fault, token] of Object.entries(forged))
      expect(await refresh(token), fault).toMatchObject({
        status: 401,
        body: { code: 'invalid_token' },
      })
    expect(forgeFrom(user.refreshToken, JWT_SECRET, 'refresh').signed()).toBe(user.refreshToken)
    expect((await refresh(user.refreshToken)).status).toBe(200)
  })
})
