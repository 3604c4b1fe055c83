/** Two days, both included, and the link to the file of their rows. */
import { useMay } from '../base/operator'
import { printDay } from '../base/print'
import { withQuery } from '../base/request'
import { TextField } from '../parts/text-field'

export interface Days {
  readonly from: string
  readonly to: string
}

const DAY_MS = 86_400_000
const SHOWN_DAYS = 14

/** Days of the address; otherwise the last two weeks. */
export function daysOf({ from, to }: Readonly<Record<string, string>>, nowMs: number): Days {
  return {
    from: from ?? printDay(nowMs - (SHOWN_DAYS - 1) * DAY_MS),
    to: to ?? printDay(nowMs),
  }
}

interface PeriodProps {
  readonly days: Days
  /** Path of the file. */
  readonly file: string
  readonly fileText: string
  readonly onDays: (days: Days) => void
}

export function Period({ days, file, fileText, onDays }: PeriodProps) {
  const may = useMay()
  const field = (name: keyof Days, label: string) => (
    <TextField
      label={label}
      name={name}
      type="date"
      value={days[name]}
      onInput={(value) => value !== '' && onDays({ ...days, [name]: value })}
    />
  )
  return (
    <div class="filter">
      {field('from', 'From')}
      {field('to', 'To')}
      {may('finance.export') && (
        <a class="button link" href={withQuery(file, { ...days })} download>
          {fileText}
        </a>
      )}
    </div>
  )
}
