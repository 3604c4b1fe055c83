/** The sentence and the calculation of a call's receipt, from its rate and charge. Pure. */
import { printDuration, printExactKobo, printKobo, printNaira } from '../shared/print'
import type { Call, Rate } from './model'

type Charge = NonNullable<Call['charge']>

/** Price of the billed time in kobo, before it is rounded up to whole units. */
const unroundedKobo = (rate: Rate, charge: Charge): number =>
  (charge.billed_seconds * rate.kobo_per_minute) / 60

const unitsKobo = (rate: Rate, charge: Charge): number => charge.units * rate.unit_kobo

function billedAs(rate: Rate, { seconds, billed_seconds }: Charge): string {
  if (billed_seconds === seconds) return ''
  const billed = printDuration(billed_seconds)
  if (billed_seconds === rate.minimum_seconds) return `, billed as the minimum of ${billed},`
  return `, billed as ${billed} in steps of ${printDuration(rate.increment_seconds)},`
}

/** `5 s at ₦10.00 a minute, rounded up to ₦1.00` */
export function chargeSentence(rate: Rate, charge: Charge): string {
  const rounded = unitsKobo(rate, charge)
  const time = `${printDuration(charge.seconds)}${billedAs(rate, charge)}`
  const fee = rate.setup_kobo > 0 ? `a set-up fee of ${printKobo(rate.setup_kobo)}` : ''
  if (rate.kobo_per_minute === 0)
    return `${printDuration(charge.seconds)} without a price per minute${fee && `, plus ${fee}`}`
  const isRounded = rounded !== unroundedKobo(rate, charge)
  return [
    `${time} at ${printKobo(rate.kobo_per_minute)} a minute`,
    isRounded ? `, rounded up to ${printKobo(rounded)}` : '',
    fee && `, plus ${fee}`,
  ].join('')
}

/** Cost of an ended call, and its reason. */
export function costSentence({ rate, charge, started_at, duration_seconds, cost }: Call): string {
  if (started_at === null) return 'Not answered, so nothing was charged'
  if (charge) return chargeSentence(rate, charge)
  return `${printDuration(duration_seconds ?? 0)}, ${printNaira(cost)} charged`
}

function billingRule({ minimum_seconds, increment_seconds, steps }: Rate): string {
  const minimum = `at least ${printDuration(minimum_seconds)}`
  const step = printDuration(increment_seconds)
  return steps === 'after_minimum'
    ? `${minimum}, then steps of ${step}`
    : `steps of ${step}, ${minimum}`
}

export interface Line {
  readonly name: string
  readonly figures: string
}

/** The formula of docs/calls.md with the call's figures, line by line. */
export function calculation(rate: Rate, charge: Charge): Line[] {
  const { billed_seconds, seconds, units, amount } = charge
  const price = printKobo(rate.kobo_per_minute)
  const unit = printKobo(rate.unit_kobo)
  return [
    { name: 'Duration', figures: `${seconds} s` },
    { name: 'Billed', figures: `${billed_seconds} s (${billingRule(rate)})` },
    {
      name: 'Price',
      figures: `${billed_seconds} × ${price} ÷ 60 = ${printExactKobo(unroundedKobo(rate, charge))}`,
    },
    {
      name: 'Rounded up',
      figures: `${units} × ${unit} = ${printKobo(unitsKobo(rate, charge))}`,
    },
    { name: 'Set-up fee', figures: printKobo(rate.setup_kobo) },
    { name: 'Charged', figures: printNaira(amount) },
  ]
}
