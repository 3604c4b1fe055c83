/** Sign that the page is up to date, or that the service cannot be reached. */
import { useEffect, useState } from 'preact/hooks'
import type { Problem } from '../shared/api'

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const look = () => setOnline(navigator.onLine)
    window.addEventListener('online', look)
    window.addEventListener('offline', look)
    return () => {
      window.removeEventListener('online', look)
      window.removeEventListener('offline', look)
    }
  }, [])
  return isOnline
}

export function Connection({ problem }: { readonly problem: Problem | undefined }) {
  const isLive = useOnline() && problem?.code !== 'unreachable'
  return (
    <p class={`connection ${isLive ? 'on' : 'off'}`} role="status">
      {isLive ? 'Live' : 'Offline'}
    </p>
  )
}
