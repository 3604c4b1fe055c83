/** An end that the wallet refuses, because a client has answered the call by PATCH. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { WalletObject } from '../../src/wallets/object/durable-object'
import { RoomObject } from '../../src/rooms/object/room-object'
import { userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { useRelay } from '../support/fake-relay'
import { callStatus, inviteCallee, takeSeat } from '../support/seats'

useClock()
beforeEach(() => {
  useRelay()
})

const unreachable = () => {
  throw new Error('unreachable')
}

describe('an end that the wallet refuses', () => {
  it('does not tell the caller that a running call has ended', async () => {
    const user = await userWithCredit(20)
    const { uuid, callerUrl, calleeUrl } = await inviteCallee(user)
    const caller = await takeSeat(callerUrl)
    vi.spyOn(console, 'error').mockImplementation(() => {})
    vi.spyOn(WalletObject.prototype, 'ringCall').mockImplementation(unreachable)
    const callee = await takeSeat(calleeUrl)
    vi.spyOn(RoomObject.prototype, 'walletChanged').mockImplementation(async () => unreachable())
    expect((await user.send('PATCH', `/calls/${uuid}/answer`)).status).toBe(200)
    callee.say({ type: 'decline' })
    await callee.closed
    expect(await caller.phase('no_media')).toMatchObject({ status: 'answered', end: null })
    expect(await callStatus(user, uuid)).toBe('answered')
  })
})
