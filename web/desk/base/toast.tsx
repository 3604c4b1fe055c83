/** Short reports of finished actions, which screen readers read. */
import { createContext } from 'preact'
import '../../shared/toast.css'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'

const SHOWN_MS = 6000

export const ToastContext = createContext<(text: string) => void>(() => undefined)

export const useToast = () => useContext(ToastContext)

export function useToastState() {
  const [toast, setToast] = useState<{ readonly text: string }>()
  const show = useCallback((text: string) => setToast({ text }), [])
  useEffect(() => {
    if (!toast) return undefined
    const timer = window.setTimeout(() => setToast(undefined), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [toast])
  const live = (
    <div role="status" class="toast-place">
      {toast && <p class="toast">{toast.text}</p>}
    </div>
  )
  return { show, live }
}
