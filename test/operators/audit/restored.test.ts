/** D1 is restored to an earlier time than the wallets: raised token versions give users access again. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { logIn, onAnotherDevice } from '../../support/accounts'
import { dial, newUser, type TestUser, walletOf } from '../../support/client'
import { worldWith } from '../../support/gateway'
import { operatorSender } from '../../support/operators'

const world = worldWith({
  hashPassword: () => 'none',
  verifyPassword: () => true,
})
const { send } = world

/** Saves the users and sessions of D1. @returns a function that restores them */
async function bookmark(): Promise<() => Promise<void>> {
  const { results: users } = await env.DB.prepare('SELECT * FROM users').all()
  const { results: sessions } = await env.DB.prepare('SELECT * FROM sessions').all()
  return async () => {
    await env.DB.prepare('DELETE FROM sessions').run()
    for (const { uuid, token_version } of users)
      await env.DB.prepare('UPDATE users SET token_version = ? WHERE uuid = ?')
        .bind(token_version, uuid)
        .run()
    for (const session of sessions) {
      const names = Object.keys(session)
      await env.DB.prepare(
        `INSERT INTO sessions (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      )
        .bind(...Object.values(session))
        .run()
    }
  }
}

const endSessions = async (query = '') =>
  (await operatorSender(send)('POST', `/operator/token-versions${query}`)).body

const isLetIn = async (token: string) => {
  const statuses: number[] = []
  for (const path of ['/users/me', '/payments', '/auth/sessions', '/wallets', '/calls'])
    statuses.push((await send('GET', path, { token })).status)
  return statuses
}

const REFUSED = [401, 401, 401, 401, 401]
const LET_IN = [200, 200, 200, 200, 200]

async function withCredit(): Promise<TestUser> {
  const user = await newUser(send)
  const body = { amount: 100, method: 'monnify' }
  const { payment_reference: reference } = (await user.send('POST', '/payments', { body })).body
  world.gateway.says(reference, 'PAID', 100)
  await user.send('POST', `/payments/verify/${reference}`)
  return user
}

describe('after D1 was restored to a time before a log-out everywhere', () => {
  it('wallets reject the user until token versions are raised, and old tokens stay revoked', async () => {
    const user = await withCredit()
    const restore = await bookmark()
    await user.send('POST', '/auth/logout-all')
    await restore()

    const between = await onAnotherDevice(send, user)
    expect(await isLetIn(between.token)).toEqual([200, 200, 200, 401, 401])

    expect(await endSessions()).toMatchObject({ next: null })
    const again = await onAnotherDevice(send, user)
    expect(await isLetIn(again.token)).toEqual(LET_IN)
    expect((await walletOf(again)).balance).toBe(100)
    const call = await dial(again)
    expect(call.status).toBe(201)
    for (const step of ['answer', 'end'])
      expect((await again.send('PATCH', `/calls/${call.body.uuid}/${step}`)).status).toBe(200)

    for (const old of [user, between]) {
      expect(await isLetIn(old.token)).toEqual(REFUSED)
      const refresh_token = old.refreshToken
      const refreshed = await send('POST', '/auth/refresh', { body: { refresh_token } })
      expect(refreshed.status).toBe(401)
    }
  })

  it('a user whose version rose a hundred times can log in too', async () => {
    const user = await newUser(send)
    const restore = await bookmark()
    for (const type of ['primary', 'call_credits'])
      await env.WALLET.getByName(`${user.uuid}/${type}`).revokeTokens({ minVersion: 100 })
    await restore()
    await endSessions()
    expect(await isLetIn((await onAnotherDevice(send, user)).token)).toEqual(LET_IN)
  })

  it('versions rise by a thousand, page by page, and each user can log in', async () => {
    const users = [await newUser(send), await newUser(send), await newUser(send)]
    const versions = async () =>
      (
        await env.DB.prepare('SELECT uuid, token_version FROM users ORDER BY uuid').all<{
          uuid: string
          token_version: number
        }>()
      ).results
    const before = await versions()
    let pages = 0
    for (let after: string | null = ''; after !== null; pages++)
      after = (await endSessions(`?limit=2&after=${after}`)).next
    expect(pages).toBe(Math.floor(before.length / 2) + 1)
    expect(await versions()).toEqual(
      before.map(({ uuid, token_version }) => ({ uuid, token_version: token_version + 1000 })),
    )
    for (const { email } of users) expect((await logIn(send, email)).status).toBe(200)
  })

  it('only an operator can raise token versions', async () => {
    const user = await newUser(send)
    for (const token of [undefined, user.token])
      expect((await send('POST', '/operator/token-versions', { token })).status).toBe(401)
    expect((await user.send('GET', '/users/me')).status).toBe(200)
  })
})
