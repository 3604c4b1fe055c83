/** Faults that apply to the signed-in user's payments. All parts of the console show the same response. */
import { useEffect, useState } from 'preact/hooks'
import type { ActiveFault } from '../../src/dev/simulator/faults'
import { createApi, type Problem } from '../shared/api'

type Show = (faults: readonly ActiveFault[]) => void

const api = createApi()
const parts = new Set<Show>()
/** Last response, for components that mount later. */
let latest: { readonly email: string; readonly faults: readonly ActiveFault[] } | undefined
/** A response that arrives after a later one is dropped. */
const turns = { sent: 0, shown: 0 }
/** Faults for everyone can also be set by a command. */
const LOOK_MS = 10_000

export const queryOf = (email: string): string => `?${new URLSearchParams({ user: email })}`

export async function readFaults(email: string): Promise<void> {
  turns.sent += 1
  const turn = turns.sent
  const active = await api.simulate<ActiveFault[]>('GET', `/faults/active${queryOf(email)}`)
  if (!active.ok || turn < turns.shown) return
  turns.shown = turn
  latest = { email, faults: active.value }
  for (const show of parts) show(active.value)
}

/** Ends the user's own faults, and those for everyone. */
export async function clearFaults(email: string): Promise<Problem | undefined> {
  const cleared = await api.simulate('POST', '/faults/clear', { user: email })
  await readFaults(email)
  return cleared.ok ? undefined : cleared.problem
}

/** Reads the faults now and then, while the page is visible. */
export function useFaultReader(email: string): void {
  useEffect(() => {
    const look = () => void (document.hidden || readFaults(email))
    look()
    const timer = setInterval(look, LOOK_MS)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [email])
}

/** @returns the faults; none until they have been read */
export function useActiveFaults(email: string): readonly ActiveFault[] {
  const [faults, setFaults] = useState(latest && latest.email === email ? latest.faults : [])
  useEffect(() => {
    parts.add(setFaults)
    return () => {
      parts.delete(setFaults)
    }
  }, [])
  return faults
}
