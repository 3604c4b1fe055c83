/** One settlement with its lines. Lines that do not match come first in the summary. */
import type { SettlementDetailBody } from '../../../src/operators/finance/types'
import { Pill } from '../../shared/notes'
import { printNaira } from '../../shared/print'
import { Section } from '../../shared/section'
import { printCount } from '../base/print'
import { useMay } from '../base/operator'
import { post } from '../base/request'
import { useLoad } from '../base/use-load'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { Facts } from '../parts/facts'
import { Loaded } from '../parts/loaded'
import { Time } from '../parts/time'
import { View } from '../parts/view'
import { SettlementLines } from './settlement-lines'
import { Tabs } from './tabs'
import { OUTCOMES, STATES, wordIn } from './words'

function Summary({ settlement }: { readonly settlement: SettlementDetailBody }) {
  const [word, tone] = wordIn(STATES, settlement.state)
  const outcomes = Object.entries(settlement.outcomes) as [keyof typeof OUTCOMES, number][]
  return (
    <Facts
      facts={[
        [
          'State',
          <Pill key="state" tone={tone}>
            {word}
          </Pill>,
        ],
        ['Announced', settlement.amount === null ? 'No event' : printNaira(settlement.amount)],
        ['Paid by customers', printNaira(settlement.paid)],
        ['Settled', printNaira(settlement.settled)],
        ['Fees', printNaira(settlement.fees)],
        ['Destination', settlement.destination],
        ['Settled at', <Time key="settled" at={settlement.settled_at} />],
        ['Received at', <Time key="received" at={settlement.received_at} />],
        ...outcomes
          .filter(([, count]) => count > 0)
          .map(([outcome, count]) => {
            const [text, tone] = wordIn(OUTCOMES, outcome)
            return [
              text,
              <Pill key={outcome} tone={tone}>
                {printCount(count)}
              </Pill>,
            ] as const
          }),
      ]}
    />
  )
}

export function Settlement({ reference }: { readonly reference: string }) {
  const path = `/operator/finance/settlements/${encodeURIComponent(reference)}`
  const found = useLoad<SettlementDetailBody>(path)
  const may = useMay()
  const toast = useToast()
  return (
    <View title={`Settlement ${reference}`} aside={<Tabs current="settlements" />}>
      <Loaded from={found}>
        {(settlement) => (
          <>
            <Section
              title="Summary"
              aside={
                may('finance.act') && (
                  <ActionButton
                    text="Import again"
                    title="Import the settlement again"
                    confirm="Import again"
                    run={(reason) => post(`${path}/import`, { reason })}
                    onDone={() => {
                      toast('The settlement was imported.')
                      void found.reload()
                    }}
                  >
                    <p>
                      Reads the lines from the gateway and matches them again. It moves no money.
                    </p>
                  </ActionButton>
                )
              }
            >
              <Summary settlement={settlement} />
            </Section>
            <Section title="Lines">
              <SettlementLines path={path} first={settlement} />
            </Section>
          </>
        )}
      </Loaded>
    </View>
  )
}
