import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { createDeps } from '../../src/deps'
import { newUser } from '../support/client'
import { useClock } from '../support/clock'
import { mailWorld } from '../support/mail'

useClock()

/** Runs the delivery in the background of a request to the Worker that all tests share, to its end. */
async function deliverInBackground(): Promise<void> {
  const begun = Promise.resolve()
  const background = vi.spyOn(begun, 'then')
  vi.spyOn(scheduler, 'wait').mockReturnValue(begun)
  createDeps(env).deliverMail('unlinkably')
  const [delivery] = background.mock.results
  expect(delivery).toBeDefined()
  await delivery?.value
}

it('a request of another test delivers no message of this one', async () => {
  const world = mailWorld()
  const user = await newUser(world.send)
  await deliverInBackground()
  await world.deliver()
  expect(world.provider.to(user.email).map(({ subject }) => subject)).toEqual([
    'Confirm your e-mail address',
  ])
})
