/** Reloads on a schedule, and at once when the user or the network returns. */
import { useCallback, useEffect, useRef } from 'preact/hooks'
import { nextReloadMs } from './polling'

/** Events that mean that the user returned to the page. */
const RETURNS = ['focus', 'online', 'pageshow'] as const
/** Events that mean that the user is at the page. */
const ACTIONS = ['pointerdown', 'keydown'] as const
/** `focus` and `visibilitychange` arrive together. */
const ONE_RETURN_MS = 1000

export interface Polled {
  readonly isAwaiting: () => boolean
  /** @returns false if the reload failed */
  readonly reload: () => Promise<boolean>
}

/** @returns a function that schedules again, because more may be awaited now */
export function usePolling({ isAwaiting, reload }: Polled): () => void {
  const latest = useRef({ isAwaiting, reload })
  latest.current = { isAwaiting, reload }
  const wake = useRef<() => void>(undefined)
  useEffect(() => {
    let timer: number | undefined
    let failures = 0
    let actedAtMs = Date.now()
    let returnedAtMs = 0
    let isOver = false

    const stop = () => {
      window.clearTimeout(timer)
      timer = undefined
    }
    const schedule = () => {
      stop()
      const situation = {
        isHidden: document.hidden,
        isOffline: !navigator.onLine,
        failures,
        isAwaiting: latest.current.isAwaiting(),
        idleMs: Date.now() - actedAtMs,
      }
      const waitMs = nextReloadMs(situation)
      if (isOver || waitMs === undefined) return
      timer = window.setTimeout(() => void run(), waitMs)
    }
    const run = async () => {
      stop()
      failures = (await latest.current.reload()) ? 0 : failures + 1
      schedule()
    }
    const act = () => {
      actedAtMs = Date.now()
      if (timer === undefined) schedule()
    }
    const comeBack = () => {
      if (document.hidden) return stop()
      if (Date.now() - returnedAtMs < ONE_RETURN_MS) return
      returnedAtMs = actedAtMs = Date.now()
      void run()
    }

    wake.current = schedule
    void run()
    document.addEventListener('visibilitychange', comeBack)
    for (const name of RETURNS) window.addEventListener(name, comeBack)
    for (const name of ACTIONS) window.addEventListener(name, act)
    return () => {
      isOver = true
      stop()
      document.removeEventListener('visibilitychange', comeBack)
      for (const name of RETURNS) window.removeEventListener(name, comeBack)
      for (const name of ACTIONS) window.removeEventListener(name, act)
    }
  }, [])
  return useCallback(() => wake.current?.(), [])
}
