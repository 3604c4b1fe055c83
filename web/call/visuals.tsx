/** Decorative drawings, and the notes of every screen. */
import type { Screen } from './screen'
import { EMERGENCY } from './texts'

const PATHS = {
  phone:
    'M6 3h4l2 5-2.5 1.5a11 11 0 0 0 5 5L16 12l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 4 5a2 2 0 0 1 2-2',
  hang_up:
    'M3 14.5c0-6 18-6 18 0v2a1 1 0 0 1-1.2 1l-3.6-.8a1 1 0 0 1-.8-1v-2a12 12 0 0 0-6.8 0v2a1 1 0 0 1-.8 1l-3.6.8a1 1 0 0 1-1.2-1z',
  microphone: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M5 11a7 7 0 0 0 14 0M12 18v3',
  microphone_off:
    'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M5 11a7 7 0 0 0 14 0M12 18v3M4 4l16 16',
  return: 'M9 6 4 11l5 5M4 11h11a5 5 0 0 1 0 10h-3',
} as const
export type IconName = keyof typeof PATHS

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)

const initialOf = (name: string | null): string =>
  name === null ? '' : (Array.from(name.trim())[0] ?? '').toUpperCase()

/** The first letter of the other person's name, with rings while the call waits. */
export const Emblem = ({ screen }: { readonly screen: Screen }) => (
  <div class={`emblem${screen.sound ? ' ringing' : ''}`} aria-hidden="true">
    {initialOf(screen.peerName) || <Icon name="phone" />}
  </div>
)

export const EmergencyNote = () => <p class="note emergency">{EMERGENCY}</p>
