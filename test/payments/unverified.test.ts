import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createDeps } from '../../src/deps'
import { newUser } from '../support/client'
import { confirm, mailWorld } from '../support/mail'

const body = { amount: 100, method: 'monnify' }

/** The rule of a deployment with this setting. */
const ruleOf = (UNVERIFIED_ACCOUNTS: string) => ({
  checkPayer: createDeps({ ...env, UNVERIFIED_ACCOUNTS } as Env).checkPayer,
})

describe('a checkout of an account whose address was never verified', () => {
  it('is accepted by default', async () => {
    const user = await newUser(mailWorld(ruleOf('')).send)
    expect((await user.send('POST', '/payments', { body })).status).toBe(201)
  })

  it('is refused with the setting no_payments, until the address is verified', async () => {
    const world = mailWorld(ruleOf('no_payments'))
    const user = await newUser(world.send)
    const refused = await user.send('POST', '/payments', { body })
    expect(refused).toMatchObject({ status: 403, body: { code: 'email_unverified' } })
    expect((await user.send('GET', '/payments')).body).toEqual([])
    await confirm(world, await world.linkTo(user.email, /Confirm your e-mail address/))
    expect((await user.send('POST', '/payments', { body })).status).toBe(201)
  })
})
