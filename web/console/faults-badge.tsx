/**
 * Number of faults that are on, with a button that clears them. Hidden without faults, so the button hands the focus
 * to the list of faults.
 */
import { useState } from 'preact/hooks'
import { countFaults } from '../../src/dev/simulator/faults'
import { Button } from '../shared/button'
import { clearFaults, useActiveFaults, useFaultReader } from './active-faults'
import './faults-badge.css'

export function FaultsBadge({ email }: { readonly email: string }) {
  useFaultReader(email)
  const faults = useActiveFaults(email)
  const [isBusy, setBusy] = useState(false)
  const clear = async () => {
    setBusy(true)
    await clearFaults(email)
    setBusy(false)
    document.querySelector<HTMLElement>('#faults h2')?.focus({ preventScroll: true })
  }
  if (faults.length === 0) return null
  const titles = faults.map(({ title, user }) => (user === null ? `${title} (everyone)` : title))
  return (
    <div class="faults-badge" role="group" aria-label="Faults of the gateway">
      <a href="#faults" title={titles.join('; ')}>
        {countFaults(faults.length)}
      </a>
      <Button isSmall isBusy={isBusy} label="Clear all faults" onClick={() => void clear()}>
        Clear
      </Button>
    </div>
  )
}
