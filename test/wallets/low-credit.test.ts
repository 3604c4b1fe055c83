import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { dial, userWithCredit } from '../support/client'
import { pass, useClock } from '../support/clock'
import { mailWorld } from '../support/mail'

useClock()

it('low credit after a call has one message, unless the user has switched it off', async () => {
  const world = mailWorld()
  for (const muted of [[], ['low_credit']]) {
    const user = await userWithCredit(60)
    const changed = await user.send('PATCH', '/users/me', { body: { muted_messages: muted } })
    expect(changed).toMatchObject({ status: 200, body: { muted_messages: muted } })
    const { uuid } = (await dial(user)).body
    await user.send('PATCH', `/calls/${uuid}/answer`)
    pass(2 * 60_000)
    await user.send('PATCH', `/calls/${uuid}/end`)
    const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
    for (let times = 0; times < 2; times += 1) {
      await runDurableObjectAlarm(stub)
      await world.deliver()
    }
    const told = world.provider.to(user.email).filter(({ text }) => text.includes('₦40.00'))
    expect(told.map(({ subject }) => subject)).toEqual(
      muted.length === 0 ? ['Your call credit is low'] : [],
    )
  }
})
