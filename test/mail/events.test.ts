import { env } from 'cloudflare:workers'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { newUser } from '../support/client'
import { mailWorld, forgot } from '../support/mail'

const SECRET = `whsec_${btoa('an-event-secret-of-32-bytes-long')}`

async function sentMail() {
  const world = mailWorld({ mailEventSecret: SECRET })
  const user = await newUser(world.send)
  await forgot(world, user.email)
  await world.deliver()
  const [email] = world.provider.to(user.email)
  const event = (type: string, rest: object = {}, providerId = `provider-${email?.id}`) =>
    JSON.stringify({ type, data: { email_id: providerId, to: [user.email], ...rest } })
  const post = (body: string, secret = SECRET, atMs = Date.now()) => {
    const at = new Date(atMs)
    const headers = {
      'svix-id': 'msg_1',
      'svix-timestamp': String(Math.floor(atMs / 1000)),
      'svix-signature': new Webhook(secret).sign('msg_1', at, body),
    }
    return world.send('POST', '/webhooks/resend', { body, headers })
  }
  const complaint = () =>
    env.DB.prepare('SELECT email_complaint AS c FROM users WHERE uuid = ?')
      .bind(user.uuid)
      .first('c')
  return { world, user, event, post, complaint }
}

const PERMANENT = { bounce: { type: 'Permanent' } }

describe('an event of the e-mail provider', () => {
  it.each([
    ['email.bounced', PERMANENT, 'recorded', 'bounced'],
    ['email.bounced', { bounce: { type: 'Transient' } }, 'ignored', null],
    ['email.complained', {}, 'recorded', 'complained'],
    ['email.delivered', {}, 'ignored', null],
  ])('%s %j is %s, and the address has the complaint %s', async (type, rest, outcome, expected) => {
    const { event, post, complaint } = await sentMail()
    const body = event(type, rest)
    for (let round = 0; round < 2; round += 1)
      expect(await post(body)).toMatchObject({ status: 200, body: { outcome } })
    expect(await complaint()).toBe(expected)
  })

  it('about an unknown e-mail is ignored', async () => {
    const { event, post, complaint } = await sentMail()
    const body = event('email.bounced', PERMANENT, 'unknown')
    expect((await post(body)).body).toEqual({ outcome: 'ignored' })
    expect(await complaint()).toBeNull()
  })

  it('with another signature, an old one or none is rejected', async () => {
    const { world, event, post, complaint } = await sentMail()
    const body = event('email.bounced', PERMANENT)
    const other = `whsec_${btoa('another-secret-of-at-least-24-bytes')}`
    expect((await post(body, other)).status).toBe(401)
    expect((await post(body, SECRET, Date.now() - 6 * 60_000)).status).toBe(401)
    expect((await world.send('POST', '/webhooks/resend', { body })).status).toBe(401)
    expect(await complaint()).toBeNull()
  })

  it('is rejected if no secret is configured', async () => {
    const { event } = await sentMail()
    const { send } = mailWorld({ mailEventSecret: undefined })
    const body = event('email.bounced', PERMANENT)
    expect((await send('POST', '/webhooks/resend', { body })).status).toBe(401)
  })

  it('ends with the next use of a link that was sent to the address', async () => {
    const { world, user, event, post, complaint } = await sentMail()
    await post(event('email.bounced', PERMANENT))
    const token = await world.linkTo(user.email, /Confirm your e-mail address/)
    await world.send('POST', '/auth/verify', { body: { token } })
    expect(await complaint()).toBeNull()
  })
})
