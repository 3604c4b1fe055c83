/** One entry of the log: who, when, why, on what, and the values before and after. */
import type { LogEntry } from '../../../src/operators/desk-types'
import { Pill } from '../../shared/notes'
import { printName } from '../base/print'
import { linkTo } from '../base/route'
import { Time } from '../parts/time'
import { Values } from './values'

const TONES = { started: 'quiet', done: 'good', refused: 'warn', failed: 'bad' } as const

const toneOf = (outcome: string) =>
  Object.hasOwn(TONES, outcome) ? TONES[outcome as keyof typeof TONES] : 'quiet'

export function LogItem({ entry }: { readonly entry: LogEntry }) {
  const { seq, at, action, outcome, subject, reason, before, after } = entry
  return (
    <li class="entry">
      <div class="entry-head">
        <span class="note number">{seq}</span>
        <strong>{printName(action)}</strong>
        <Pill tone={toneOf(outcome)}>{printName(outcome)}</Pill>
        <Time at={at} isExact />
      </div>
      <div class="entry-facts note">
        <span>
          By{' '}
          {entry.operator ? (
            <a href={linkTo(['log'], { operator: entry.operator })}>
              {entry.operator_name ?? entry.operator}
            </a>
          ) : (
            'the service'
          )}
        </span>
        {subject && (
          <span>
            On{' '}
            <a href={linkTo(['log'], { subject })}>
              <code>{subject}</code>
            </a>
          </span>
        )}
        {entry.started_seq !== null && <span>Started by entry {entry.started_seq}</span>}
        {entry.request_id && (
          <span>
            Request <code>{entry.request_id}</code>
          </span>
        )}
      </div>
      {reason && <p class="entry-reason">“{reason}”</p>}
      {(before ?? after) && (
        <div class="entry-values">
          <Values name="Before" values={before} />
          <Values name="After" values={after} />
        </div>
      )}
    </li>
  )
}
