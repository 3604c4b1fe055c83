/** The start: what waits for the operator, and how well the service works. */
import { useMay, useOperator } from '../base/operator'
import { View } from '../parts/view'
import { Levels } from './levels'
import { OldestExceptions } from './oldest-exceptions'
import { WaitingProposals } from './waiting-proposals'
import './home.css'

export function Home() {
  const may = useMay()
  const { name } = useOperator()
  return (
    <View title={`Hello, ${name}`}>
      {may('finance.read') && <Levels />}
      <div class="two">
        <OldestExceptions />
        <WaitingProposals />
      </div>
    </View>
  )
}
