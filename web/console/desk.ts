/** What every part of the console works with. */
import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Api, Problem } from './api'
import type { Account, Holdings } from './use-account'

export interface Desk extends Omit<Account, 'problem' | 'holdings'> {
  readonly api: Api
  readonly holdings: Holdings
  /** Says something to those who do not see it. */
  readonly announce: (text: string) => void
  /** How far the server's clock is ahead of this one. */
  readonly clock: { aheadMs: number }
}

export const DeskContext = createContext<Desk | undefined>(undefined)

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('there is no desk here')
  return desk
}

const TICK_MS = 200

/** The server's time, which goes on while something runs. */
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

/** Of what goes while it has the focus, by a click or by an event: the focus is handed on. */
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

export interface Action {
  /** Does the work, unless it is being done; what it returns went wrong. */
  readonly act: (work: () => Promise<Problem | undefined>) => void
  readonly isBusy: boolean
  readonly problem: Problem | undefined
}

export function useAction(): Action {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const isActing = useRef(false)
  const run = useCallback(async (work: () => Promise<Problem | undefined>) => {
    if (isActing.current) return
    isActing.current = true
    setBusy(true)
    setProblem(undefined)
    setProblem(await work())
    setBusy(false)
    isActing.current = false
  }, [])
  const act = useCallback<Action['act']>((work) => void run(work), [run])
  return { act, isBusy, problem }
}
