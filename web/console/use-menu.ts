/** Closes a disclosure with Escape, and a menu also with a click elsewhere. */
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

type Disclosure = RefObject<HTMLDetailsElement | null>

/** The focus returns to the summary, because the focused element disappears. */
export function useEscape(details: Disclosure): void {
  useEffect(() => {
    const { current } = details
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !current?.open) return
      event.stopPropagation()
      current.open = false
      current.querySelector('summary')?.focus()
    }
    current?.addEventListener('keydown', onKey)
    return () => current?.removeEventListener('keydown', onKey)
  }, [details])
}

export function useMenu(details: Disclosure): void {
  useEscape(details)
  useEffect(() => {
    const close = ({ target }: Event) => {
      const { current } = details
      if (!current?.open || !(target instanceof Node) || current.contains(target)) return
      current.open = false
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('focusin', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('focusin', close)
    }
  }, [details])
}
