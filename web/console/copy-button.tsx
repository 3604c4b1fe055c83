/** Button that copies a text and reports it. */
import { useState } from 'preact/hooks'
import { Button } from '../shared/button'

interface CopyButtonProps {
  readonly text: string
  /** Names the text: `the access token`. */
  readonly name: string
}

export function CopyButton({ text, name }: CopyButtonProps) {
  const [copied, setCopied] = useState<string>()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(text)
    } catch {
      /** Without the permission, the user selects the text. */
      setCopied(undefined)
    }
  }
  const isCopied = copied === text
  return (
    <Button isSmall label={`${isCopied ? 'Copied' : 'Copy'} ${name}`} onClick={() => void copy()}>
      {isCopied ? 'Copied' : 'Copy'}
    </Button>
  )
}
