import { useEffect } from 'preact/hooks'
import { plainTitle, UNUSABLE } from './texts'
import './call.css'

/** A page without a call. */
export function Unusable({ why }: { readonly why: keyof typeof UNUSABLE }) {
  const { heading, text } = UNUSABLE[why]
  useEffect(() => {
    document.title = plainTitle(heading)
  }, [heading])
  return (
    <main class="call">
      <section class="stage">
        <h1>{heading}</h1>
        <p class="lead">{text}</p>
      </section>
    </main>
  )
}
