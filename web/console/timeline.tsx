/** Events of a payment, in order. A webhook can be sent again. */
import { type PaymentFacts, storyOf, webhookSummary } from './payment-story'
import { Button } from '../shared/button'
import { printTime } from '../shared/print'
import './timeline.css'

interface TimelineProps {
  readonly facts: PaymentFacts
  readonly isBusy: boolean
  readonly onSendAgain: (webhookId: number) => void
}

export const Timeline = ({ facts, isBusy, onSendAgain }: TimelineProps) => (
  <>
    <ol class="timeline" aria-label="Timeline">
      {storyOf(facts).map(({ atMs, text, tone, webhook }) => (
        <li key={`${atMs} ${text}`} class={`step ${tone}`}>
          <span class="note number">{printTime(atMs)}</span>
          <span class="step-text">{text}</span>
          {webhook && (
            <Button
              isSmall
              isBusy={isBusy}
              label={`Send again: webhook ${webhook.id}`}
              onClick={() => onSendAgain(webhook.id)}
            >
              Send again
            </Button>
          )}
        </li>
      ))}
    </ol>
    {facts.payment.method === 'monnify' && <p class="note">{webhookSummary(facts)}</p>}
  </>
)
