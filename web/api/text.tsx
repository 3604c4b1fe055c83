/** A description of the document. Its only markup is code in backticks, and paragraphs. */
import { h } from 'preact'

const Line = ({ text }: { readonly text: string }) => {
  const parts = text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? h('code', null, part) : part))
  return h('p', null, ...parts)
}

export const Text = ({ text }: { readonly text: string }) => (
  <>
    {text
      .split('\n\n')
      .filter(Boolean)
      .map((line) => (
        <Line key={line} text={line} />
      ))}
  </>
)
