/** Dialog of an action that moves money. First the fields, then the effect in figures, then the decision. */
import { useState } from 'preact/hooks'
import type { PreviewBody, ProposalBody } from '../../../src/operators/desk-types'
import { useAction } from '../../shared/use-action'
import { post } from '../base/request'
import { linkTo } from '../base/route'
import { useToast } from '../base/toast'
import { printNaira } from '../../shared/print'
import { Dialog } from '../parts/dialog'
import { MoneyFields } from './money-fields'
import { MoneyPreview } from './money-preview'
import { bodyOf, type Fields, type MoneyProps, NO_FIELDS } from './proposal-fields'
import { MONEY_TEXTS } from './texts'

interface MoneyDialogProps extends MoneyProps {
  readonly onClose: () => void
}

interface Previewed {
  readonly preview: PreviewBody
  readonly body: object
  /** A repeat of the same request moves the money once. */
  readonly key: string
}

const firstFields = ({ wallets, paid }: MoneyProps): Fields => ({
  ...NO_FIELDS,
  wallet: wallets?.find(({ debt }) => debt > 0)?.type ?? NO_FIELDS.wallet,
  amount: paid ? String(paid) : '',
})

export function MoneyDialog(props: MoneyDialogProps) {
  const { kind, onChanged, onClose } = props
  const [fields, setFields] = useState(() => firstFields(props))
  const [previewed, setPreviewed] = useState<Previewed>()
  const { act, isBusy, problem, clear } = useAction()
  const toast = useToast()
  const { title } = MONEY_TEXTS[kind]

  const preview = () =>
    act(async () => {
      const body = bodyOf(props, fields)
      const answer = await post<PreviewBody>('/operator/proposals/preview', body)
      if (!answer.ok) return answer.problem
      setPreviewed({ preview: answer.value, body, key: crypto.randomUUID() })
      return undefined
    })
  const propose = ({ body, key }: Previewed) =>
    act(async () => {
      const answer = await post<ProposalBody>('/operator/proposals', body, {
        'Idempotency-Key': key,
      })
      if (!answer.ok) return answer.problem
      const { state, uuid, amount } = answer.value
      onClose()
      onChanged()
      toast(state === 'executed' ? `Done: ${printNaira(amount)}.` : 'The proposal is stored.')
      if (state !== 'executed') location.hash = linkTo(['proposals', uuid])
      return undefined
    })
  return (
    <Dialog title={title} isBusy={isBusy} onClose={onClose}>
      {previewed ? (
        <MoneyPreview
          preview={previewed.preview}
          isBusy={isBusy}
          problem={problem}
          onConfirm={() => propose(previewed)}
          onBack={() => {
            clear()
            setPreviewed(undefined)
          }}
        />
      ) : (
        <MoneyFields
          {...props}
          fields={fields}
          onFields={setFields}
          isBusy={isBusy}
          problem={problem}
          onSubmit={preview}
        />
      )}
    </Dialog>
  )
}
