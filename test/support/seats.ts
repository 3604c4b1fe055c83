/** Client of a seat in a call's room for the tests. */
import { expect } from 'vitest'
import { dial, type TestUser } from './client'
import { upgrade } from './live'
import { violationsOf } from './socket-messages'

export interface RoomMessage {
  readonly type: string
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows its message
  readonly [field: string]: any
}

export interface SeatClient {
  readonly say: (message: object | string | ArrayBuffer) => void
  /** Returns the next message of a type, and drops those before it. */
  readonly next: (type: string) => Promise<RoomMessage>
  /** Returns the next state in this phase. */
  readonly phase: (phase: string) => Promise<RoomMessage>
  /** All messages so far. */
  readonly received: RoomMessage[]
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  readonly leave: () => void
}

export async function takeSeat(url: string): Promise<SeatClient> {
  const { status, webSocket: socket } = await upgrade(url)
  expect(status).toBe(101)
  if (!socket) throw new Error('no socket')
  const received: RoomMessage[] = []
  const unread: RoomMessage[] = []
  const wrong: string[] = []
  let wake = () => {}
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as RoomMessage
    wrong.push(...violationsOf(message))
    received.push(message)
    unread.push(message)
    wake()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }))
  })
  socket.accept()
  const find = async (isWanted: (message: RoomMessage) => boolean): Promise<RoomMessage> => {
    for (;;) {
      const message = unread.shift()
      if (message === undefined)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      else if (isWanted(message)) {
        expect(wrong).toEqual([])
        return message
      }
    }
  }
  return {
    say: (message) =>
      socket.send(
        typeof message === 'string' || message instanceof ArrayBuffer
          ? message
          : JSON.stringify(message),
      ),
    next: (type) => find((message) => message.type === type),
    phase: (phase) => find((message) => message['phase'] === phase),
    received,
    closed,
    leave: () => socket.close(1000),
  }
}

export interface Invited {
  readonly uuid: string
  readonly callerUrl: string
  readonly calleeUrl: string
}

/** Starts a call and invites the callee. */
export async function inviteCallee(user: TestUser): Promise<Invited> {
  const { body: call } = await dial(user)
  const invited = await user.send('POST', `/calls/${call.uuid}/invitation`, { body: {} })
  expect(invited.status).toBe(201)
  return { uuid: call.uuid, callerUrl: call.signaling_url, calleeUrl: invited.body.signaling_url }
}

export interface Seated extends Invited {
  readonly caller: SeatClient
  readonly callee: SeatClient
}

/** Both have entered, and the call rings. */
export async function ringing(user: TestUser): Promise<Seated> {
  const invited = await inviteCallee(user)
  const caller = await takeSeat(invited.callerUrl)
  const callee = await takeSeat(invited.calleeUrl)
  await caller.phase('ringing')
  await expect.poll(() => callStatus(user, invited.uuid)).toBe('ringing')
  return { ...invited, caller, callee }
}

/** The callee has accepted, and both have credentials. */
export async function accepted(user: TestUser): Promise<Seated> {
  const seated = await ringing(user)
  seated.callee.say({ type: 'accept' })
  await Promise.all([seated.caller.next('relay'), seated.callee.next('relay')])
  return seated
}

/** Both have reported that they are connected. */
export async function live(user: TestUser): Promise<Seated> {
  const seated = await accepted(user)
  for (const seat of [seated.caller, seated.callee]) seat.say({ type: 'connected', epoch: 1 })
  await Promise.all([seated.caller.phase('live'), seated.callee.phase('live')])
  return seated
}

/** Each seat of a live call gives a sign of life, and waits for the response. */
export async function signsOfLife({ caller, callee }: Seated): Promise<void> {
  for (const seat of [caller, callee]) seat.say({ type: 'decline' })
  await Promise.all([caller.next('error'), callee.next('error')])
}

export const callOf = async (user: TestUser, uuid: string) =>
  (await user.send('GET', `/calls/${uuid}`)).body

export const callStatus = async (user: TestUser, uuid: string): Promise<string> =>
  (await callOf(user, uuid)).status
