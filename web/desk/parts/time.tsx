import { printMinute, printSecond, printUtc } from '../base/print'

interface TimeProps {
  readonly at: string
  readonly isExact?: boolean
}

/** Local time; the title is the time in UTC. */
export const Time = ({ at, isExact }: TimeProps) => (
  <time dateTime={at} title={printUtc(at)} class="number">
    {isExact ? printSecond(at) : printMinute(at)}
  </time>
)
