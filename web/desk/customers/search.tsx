/** Search for a customer. The text stays in memory: it may be an e-mail address. */
import { useEffect, useState } from 'preact/hooks'
import type { SearchBody } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import { useAction } from '../../shared/use-action'
import { memory } from '../base/memory'
import { post } from '../base/request'
import { ProblemLine } from '../parts/problem-line'
import { TextField } from '../parts/text-field'
import { View } from '../parts/view'
import { Hits } from './hits'

export function Search() {
  const [text, setText] = useState(memory.get('search') ?? '')
  const [found, setFound] = useState<SearchBody>()
  const { act, isBusy, problem } = useAction()
  const search = (wanted: string) =>
    act(async () => {
      memory.set('search', wanted)
      const answer = await post<SearchBody>('/operator/search', { text: wanted })
      setFound(answer.ok ? answer.value : undefined)
      return answer.ok ? undefined : answer.problem
    })
  useEffect(() => {
    const earlier = memory.get('search')
    if (earlier) search(earlier)
    // oxlint-disable-next-line react/exhaustive-deps -- only when the view opens
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (text.trim() !== '') search(text.trim())
  }
  return (
    <View title="Customers">
      <form class="search" role="search" onSubmit={submit}>
        <TextField
          label="Find a customer"
          name="text"
          type="search"
          value={text}
          onInput={setText}
          rule="E-mail, name, payment or gateway reference, receipt number, or UUID of a user, call or wallet."
          problem={problem}
        />
        <Button kind="primary" isBusy={isBusy}>
          Search
        </Button>
      </form>
      <ProblemLine problem={problem} />
      {found && <Hits found={found} />}
    </View>
  )
}
