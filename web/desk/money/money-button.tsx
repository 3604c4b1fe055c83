/** Button that opens the dialog of an action that moves money. */
import { useCallback, useState } from 'preact/hooks'
import { Button } from '../../shared/button'
import { MoneyDialog } from './money-dialog'
import type { MoneyProps } from './proposal-fields'
import { MONEY_TEXTS } from './texts'

export function MoneyButton(props: MoneyProps) {
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  const { text } = MONEY_TEXTS[props.kind]
  return (
    <>
      <Button
        isSmall
        {...(props.payment !== undefined && { label: `${text} ${props.payment}` })}
        onClick={() => setOpen(true)}
      >
        {text}
      </Button>
      {isOpen && <MoneyDialog {...props} onClose={close} />}
    </>
  )
}
