/** Button that copies a text and reports it. */
import { useState } from 'preact/hooks'
import { Button } from './button'

interface CopyButtonProps {
  readonly text: string
  /** Names the text: `the link`. */
  readonly name: string
}

export function CopyButton({ text, name }: CopyButtonProps) {
  const [copied, setCopied] = useState<string>()
  const copy = async () => {
    /** Without the permission, people select the text. */
    const isDone = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
    setCopied(isDone ? text : undefined)
  }
  const word = copied === text ? 'Copied' : 'Copy'
  return (
    <Button isSmall label={`${word} ${name}`} onClick={() => void copy()}>
      {word}
    </Button>
  )
}
