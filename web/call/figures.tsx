import type { ComponentChildren } from 'preact'
import { printKobo, printSeconds } from '../shared/print'
import type { Meter, Receipt } from './meter'
import { METER, RECEIPT, receiptCharge, receiptDuration } from './texts'
import './figures.css'

interface FigureProps {
  readonly name: string
  readonly value: string
  readonly note?: ComponentChildren
}

const Figure = ({ name, value, note }: FigureProps) => (
  <div>
    <dt>{name}</dt>
    <dd class="value">{value}</dd>
    {note !== undefined && <dd class="note">{note}</dd>}
  </div>
)

/** The figures change each second, so no live region contains them. */
export function MeterView({ meter }: { readonly meter: Meter }) {
  const { talkedSeconds, secondsLeft, untilMs, costKobo, koboPerMinute, isLow } = meter
  const untilNote = untilMs === null ? undefined : METER.until(untilMs)
  const rateNote = koboPerMinute === null ? undefined : METER.rate(koboPerMinute)
  return (
    <dl class={`figures${isLow ? ' low' : ''}`}>
      <Figure name={METER.talked} value={printSeconds(talkedSeconds)} />
      {costKobo !== null && (
        <Figure name={METER.cost} value={printKobo(costKobo)} note={rateNote} />
      )}
      {secondsLeft !== null && (
        <Figure name={METER.left} value={printSeconds(secondsLeft)} note={untilNote} />
      )}
    </dl>
  )
}

interface ReceiptViewProps {
  readonly receipt: Receipt
  readonly isCharged: boolean
}

export const ReceiptView = ({ receipt, isCharged }: ReceiptViewProps) => (
  <section class="receipt" aria-labelledby="receipt">
    <h2 id="receipt">{RECEIPT.heading}</h2>
    <dl>
      <div>
        <dt>{RECEIPT.duration}</dt>
        <dd>{receiptDuration(receipt)}</dd>
      </div>
      {isCharged && (
        <div>
          <dt>{RECEIPT.charge}</dt>
          <dd class="number">{receiptCharge(receipt)}</dd>
        </div>
      )}
    </dl>
  </section>
)
