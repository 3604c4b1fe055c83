/** Notices of a page: problems, statuses and empty lists. */
import type { ComponentChildren } from 'preact'
import type { Problem as ApiProblem } from '../../client/client'
import { capitalise, printAmounts, printWord } from './print'
import './notes.css'

type Problem = Pick<ApiProblem, 'title' | 'detail' | 'errors'>

/** Explanation of a problem: its invalid fields, or its detail. */
function explain({ title, detail, errors }: Problem): string {
  if (!errors) return detail.replace(/\.$/, '') === title ? '' : printAmounts(detail)
  return errors
    .map(({ pointer, message }) => capitalise(`${printWord(pointer.slice(1))} ${message}.`))
    .join(' ')
}

export function ProblemNote({ problem }: { readonly problem: Problem | undefined }) {
  if (!problem) return null
  return (
    <p class="problem" role="alert">
      <strong>{problem.title}.</strong> {explain(problem)}
    </p>
  )
}

/** Reports whether the problem concerns the field at this JSON pointer. */
export const isAbout = (problem: Problem | undefined, pointer: string): boolean =>
  problem?.errors?.some((error) => error.pointer === pointer) ?? false

type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'live'

export const Pill = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`pill ${tone}`}>{children}</span>
)

export const Empty = ({ children }: { readonly children: ComponentChildren }) => (
  <p class="empty">{children}</p>
)
