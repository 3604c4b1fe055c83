/** Replaces the session in the built page of a test, which sets its states and reads its commands. */
import type { CallSession, SessionState } from '../../../web/call/session/session'
import { stateOf } from './states'

export interface FakeSession {
  readonly set: (changes: Partial<SessionState>) => void
  /** Commands in order, with their arguments. */
  readonly commands: string[]
}

export function createCallSession(options: object): CallSession {
  let state = stateOf({ link: 'opening' })
  const listeners = new Set<() => void>()
  const world = globalThis as { fakeSession?: FakeSession }
  const commands = world.fakeSession?.commands ?? []
  const set = (changes: Partial<SessionState>) => {
    state = { ...state, ...changes }
    for (const listener of listeners) listener()
  }
  const note =
    (name: string) =>
    (value?: unknown): void => {
      commands.push(value === undefined ? name : `${name} ${JSON.stringify(value)}`)
    }
  const noteAsync = (name: string) => async (value?: unknown) => note(name)(value)
  note('create')(options)
  world.fakeSession = { set, commands }
  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start: note('start'),
    turnOnMicrophone: noteAsync('turnOnMicrophone'),
    accept: noteAsync('accept'),
    decline: note('decline'),
    hangUp: note('hangUp'),
    setMuted: (isMuted) => {
      note('setMuted')(isMuted)
      set({ isMuted })
    },
    selectInput: noteAsync('selectInput'),
    selectOutput: noteAsync('selectOutput'),
    close: note('close'),
  }
}
