/** Form for the language and time zone of messages and statements. */
import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../client/client'
import type { Api } from '../shared/api'
import { Button } from '../shared/button'
import { textOf } from '../shared/labelled-input'
import { ProblemNote } from '../shared/notes'
import { useAction } from '../shared/use-action'

const LANGUAGES: readonly (readonly [User['language'], string])[] = [
  ['en', 'English'],
  ['fr', 'Français'],
]

/** The current zone, then the browser's own, then all others. */
const zonesWith = (current: string): string[] => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return [...new Set([current, own, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
}

export function Preferences({ api }: { readonly api: Api }) {
  const [user, setUser] = useState<User>()
  const [isSaved, setSaved] = useState(false)
  const { act, isBusy, problem } = useAction()
  useEffect(
    () =>
      act(async () => {
        const read = await api.call((client) => client.GET('/users/me'))
        if (!read.ok) return read.problem
        setUser(read.value)
        return undefined
      }),
    [act, api],
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const language = textOf(form, 'language') as User['language']
    const body = { language, time_zone: textOf(form, 'time_zone') }
    act(async () => {
      setSaved(false)
      const changed = await api.call((client) => client.PATCH('/users/me', { body }))
      if (!changed.ok) return changed.problem
      setUser(changed.value)
      setSaved(true)
      return undefined
    })
  }
  if (!user) return <ProblemNote problem={problem} />
  return (
    <form class="stack" onSubmit={submit}>
      <label class="field">
        Language
        <select name="language" value={user.language}>
          {LANGUAGES.map(([language, name]) => (
            <option key={language} value={language} lang={language}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        Time zone
        <select name="time_zone" value={user.time_zone}>
          {zonesWith(user.time_zone).map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </select>
      </label>
      <p class="note">Messages and statements use both.</p>
      <Button isSmall isBusy={isBusy}>
        Save
      </Button>
      <p role="status" class="note">
        {isSaved && 'Saved.'}
      </p>
      <ProblemNote problem={problem} />
    </form>
  )
}
