import type { Banner, Screen } from './screen'
import { bannerText } from './texts'
import './banners.css'

type Tone = 'calm' | 'warn' | 'bad' | 'good'

function toneOf(banner: Banner): Tone {
  if (banner.kind === 'low_credit' || banner.kind === 'weak_line') return 'warn'
  if (banner.kind === 'horizon_moved') return 'good'
  const isHarmless = banner.kind !== 'microphone' || banner.is === 'off' || banner.is === 'asking'
  return isHarmless ? 'calm' : 'bad'
}

interface BannersProps {
  readonly screen: Screen
  /** Heading that a screen reader must announce although the focus is elsewhere. */
  readonly announced: string
}

/** The list is always present, because screen readers announce only changes inside a known region. */
export const Banners = ({ screen, announced }: BannersProps) => (
  <div class="banners" role="status">
    <span class="unseen">{announced}</span>
    {screen.banners.map((banner) => (
      <p key={banner.kind} class={`banner ${toneOf(banner)}`}>
        {bannerText(screen, banner)}
      </p>
    ))}
  </div>
)
