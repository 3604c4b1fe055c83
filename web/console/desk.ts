/** Context and hooks that all parts of the console share. */
import { createContext } from 'preact'
import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Api } from '../shared/api'
import type { Account, Holdings } from './use-account'

export interface Desk extends Omit<Account, 'problem' | 'holdings'> {
  readonly api: Api
  readonly holdings: Holdings
  /** Announces a change to screen readers. */
  readonly announce: (text: string) => void
  /** Difference by which the server's clock is ahead of this one. */
  readonly clock: { aheadMs: number }
}

export const DeskContext = createContext<Desk | undefined>(undefined)

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('`useDesk` must be called inside `DeskContext.Provider`.')
  return desk
}

const TICK_MS = 200

/** Server time in ms, updated while `isRunning`. */
export function useNow(isRunning: boolean): number {
  const { clock } = useDesk()
  const [, tick] = useState(0)
  useEffect(() => {
    if (!isRunning) return undefined
    const timer = setInterval(() => tick((ticks) => ticks + 1), TICK_MS)
    return () => clearInterval(timer)
  }, [isRunning])
  return Date.now() + clock.aheadMs
}

/** Moves the focus elsewhere if the focused element disappears. */
export function useHandOn<T extends Element>(handOn: () => void) {
  const element = useRef<T>(null)
  const latest = useRef(handOn)
  latest.current = handOn
  useLayoutEffect(() => {
    const shown = element.current
    return () => {
      if (shown?.contains(document.activeElement)) latest.current()
    }
  }, [])
  return element
}
