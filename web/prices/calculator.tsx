/** Form that calculates how long an amount lasts to a number. */
import { useState } from 'preact/hooks'
import type { Minutes } from '../../client/client'
import type { Api } from '../shared/api'
import { Button } from '../shared/button'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../shared/labelled-input'
import { ProblemNote } from '../shared/notes'
import { printDuration, printKobo, printNaira } from '../shared/print'
import { useAction } from '../shared/use-action'

/** The service computes at most a year. */
const LONGEST_SECONDS = 365 * 86_400

function durationOf(seconds: number): string {
  return seconds >= LONGEST_SECONDS ? 'more than a year' : printDuration(seconds)
}

function Result({ found }: { readonly found: Minutes | undefined }) {
  return (
    <div role="status">
      {found && (
        <p class="lasts">
          {found.seconds === 0 ? (
            <>
              {printNaira(found.amount)} is too little. A call to {found.recipient_phone} needs{' '}
              <strong>{printNaira(found.hold)}</strong> to start.
            </>
          ) : (
            <>
              {printNaira(found.amount)} lasts <strong>{durationOf(found.seconds)}</strong> to{' '}
              {found.recipient_phone}, at {printKobo(found.rate.kobo_per_minute)} a minute.
            </>
          )}
        </p>
      )}
    </div>
  )
}

export function Calculator({ api }: { readonly api: Api }) {
  const { act, isBusy, problem } = useAction()
  const [found, setFound] = useState<Minutes>()
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const type = textOf(fields, 'type') === 'video' ? 'video' : 'audio'
    const query = {
      amount: textOf(fields, 'amount'),
      phone: textOf(fields, 'phone'),
      type,
    } as const
    act(async () => {
      setFound(undefined)
      const answer = await api.call<Minutes>((client) =>
        client.GET('/rates/minutes', { params: { query } }),
      )
      if (!answer.ok) return answer.problem
      setFound(answer.value)
      return undefined
    })
  }
  return (
    <section aria-labelledby="calculator" class="stack">
      <h2 id="calculator">How long does it last?</h2>
      <form ref={form} class="stack" onSubmit={submit} noValidate>
        <LabelledInput
          label="Amount in naira"
          name="amount"
          autocomplete="off"
          value="500"
          problem={problem}
        />
        <LabelledInput label="Phone number" name="phone" autocomplete="off" problem={problem} />
        <label class="field">
          Type of call
          <select name="type">
            <option value="audio">Audio</option>
            <option value="video">Video</option>
          </select>
        </label>
        <Button kind="primary" isBusy={isBusy}>
          Calculate
        </Button>
      </form>
      <ProblemNote problem={remainderOf(problem, ['amount', 'phone'])} />
      <Result found={found} />
    </section>
  )
}
