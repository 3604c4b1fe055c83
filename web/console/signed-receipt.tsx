/** Downloads a signed receipt, and shows its number and holder in the printable receipt. */
import { useState } from 'preact/hooks'
import type { Receipt as SignedFile } from '../../client/client'
import type { Answer } from '../shared/api'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import { useAction } from '../shared/use-action'
import { save } from './save'

interface SignedReceiptProps {
  readonly title: string
  readonly request: () => Promise<Answer<SignedFile>>
}

function Signed({ file: { receipt, holder } }: { readonly file: SignedFile }) {
  const { number, vat, issuer } = receipt
  return (
    <dl class="facts">
      <div>
        <dt>Number</dt>
        <dd>{number}</dd>
      </div>
      <div>
        <dt>Holder</dt>
        <dd>{holder.name === holder.email ? holder.email : `${holder.name}, ${holder.email}`}</dd>
      </div>
      {vat && (
        <div>
          <dt>VAT included</dt>
          <dd>
            {vat.amount} NGN at {vat.rate}%
          </dd>
        </div>
      )}
      {issuer.length > 0 && (
        <div>
          <dt>Issuer</dt>
          <dd>{issuer.join(', ')}</dd>
        </div>
      )}
    </dl>
  )
}

export function SignedReceipt({ title, request }: SignedReceiptProps) {
  const { act, isBusy, problem } = useAction()
  const [file, setFile] = useState<SignedFile>()
  const download = () =>
    act(async () => {
      const answer = await request()
      if (!answer.ok) return answer.problem
      setFile(answer.value)
      const { number } = answer.value.receipt
      save(JSON.stringify(answer.value), `receipt-${number}.json`, 'application/json')
      return undefined
    })
  return (
    <>
      {file && <Signed file={file} />}
      <ProblemNote problem={problem} />
      <Button
        isSmall
        isBusy={isBusy}
        label={`Download signed receipt: ${title}`}
        onClick={download}
      >
        Download signed receipt
      </Button>
    </>
  )
}
