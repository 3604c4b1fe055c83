/** Result of a command, shown for some seconds and announced to screen readers. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import '../shared/toast.css'
import './toast.css'

const SHOWN_MS = 6000

export function useToast() {
  const [said, setSaid] = useState({ text: '' })
  const announce = useCallback((text: string) => {
    if (text !== '') setSaid({ text })
  }, [])
  useEffect(() => {
    if (said.text === '') return undefined
    const timer = window.setTimeout(() => setSaid({ text: '' }), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [said])
  return { text: said.text, announce }
}

export const Toast = ({ text }: { readonly text: string }) => (
  <p class={text === '' ? 'unseen' : 'toast'} role="status">
    {text}
  </p>
)
