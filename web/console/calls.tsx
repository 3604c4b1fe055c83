/** Calls: the form to start one, and ended calls. */
import type { RefObject } from 'preact'
import { useDesk } from './desk'
import { EndedCalls } from './ended-calls'
import { Empty } from '../shared/notes'
import { Section } from '../shared/section'
import { StartCall } from './start-call'
import './calls.css'

interface CallsProps {
  readonly headingRef: RefObject<HTMLHeadingElement | null>
}

export function Calls({ headingRef }: CallsProps) {
  const { holdings } = useDesk()
  return (
    <Section title="Calls" headingRef={headingRef}>
      <StartCall />
      {holdings.calls.length === 0 && (
        <Empty>No calls yet. A new call holds the price of one minute.</Empty>
      )}
      <EndedCalls />
    </Section>
  )
}
