/** Fields by which a user confirms their identity. A passkey needs none, because the browser prompts for it. */
import { useState } from 'preact/hooks'
import type { Problem } from '../shared/api'
import { LabelledInput } from '../shared/labelled-input'

/** Field that each problem code concerns. */
const CONCERNED: Readonly<Record<string, string>> = {
  wrong_password: 'password',
  invalid_recovery_code: 'recovery_code',
}

/** Adds the field whose value is wrong. */
export function withProofField(problem: Problem | undefined): Problem | undefined {
  const field = problem && CONCERNED[problem.code]
  if (!field) return problem
  return { ...problem, errors: [{ pointer: `/${field}`, message: 'is incorrect' }] }
}

export const PROOF_FIELDS = ['password', 'recovery_code']

interface ProofFieldsProps {
  readonly hasPasskey: boolean
  readonly problem: Problem | undefined
}

export function ProofFields({ hasPasskey, problem }: ProofFieldsProps) {
  const [isByCode, setByCode] = useState(false)
  return (
    <>
      {(!hasPasskey || isByCode) && (
        <LabelledInput
          label="Your password, to confirm"
          name="password"
          type="password"
          autocomplete="current-password"
          problem={problem}
        />
      )}
      {hasPasskey && isByCode && (
        <LabelledInput
          label="Recovery code"
          name="recovery_code"
          autocomplete="off"
          problem={problem}
        />
      )}
      {hasPasskey && (
        <p class="note">
          <button type="button" class="text-button" onClick={() => setByCode(!isByCode)}>
            {isByCode ? 'Confirm by a passkey instead' : 'Confirm by a recovery code instead'}
          </button>
        </p>
      )}
    </>
  )
}
