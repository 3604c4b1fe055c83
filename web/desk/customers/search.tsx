/** Search for a customer. The text stays in memory: it may be an e-mail address. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { SearchBody } from '../../../src/operators/desk-types'
import type { Problem } from '../../shared/api'
import { Button } from '../../shared/button'
import { memory } from '../base/memory'
import { post } from '../base/request'
import { Loading } from '../parts/loaded'
import { ProblemLine } from '../parts/problem-line'
import { TextField } from '../parts/text-field'
import { View } from '../parts/view'
import { Hits } from './hits'

interface State {
  readonly isBusy: boolean
  readonly found?: SearchBody
  readonly problem?: Problem
}

export function Search() {
  const [text, setText] = useState(memory.get('search') ?? '')
  const [{ isBusy, found, problem }, setState] = useState<State>({ isBusy: false })
  const searches = useRef(0)
  /** Results of an earlier text would lead to the wrong customer, so only the latest search is shown. */
  const search = async (wanted: string) => {
    searches.current += 1
    const own = searches.current
    memory.set('search', wanted)
    setState({ isBusy: true })
    const answer = await post<SearchBody>('/operator/search', { text: wanted })
    if (own !== searches.current) return
    setState({
      isBusy: false,
      ...(answer.ok ? { found: answer.value } : { problem: answer.problem }),
    })
  }
  useEffect(() => {
    const earlier = memory.get('search')
    if (earlier) void search(earlier)
    // oxlint-disable-next-line react/exhaustive-deps -- only when the view opens
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (text.trim() !== '') void search(text.trim())
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
        <Button kind="primary">Search</Button>
      </form>
      <ProblemLine problem={problem} />
      {isBusy && <Loading />}
      {found && <Hits found={found} />}
    </View>
  )
}
