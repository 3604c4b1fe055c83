/** Confirmation of identity by a form: by its password and recovery code if it has them, otherwise by a passkey. */
import type { components } from '../../client/client'
import type { Answer, Api } from '../shared/api'
import { textOf } from '../shared/labelled-input'
import { getPasskey } from './passkey'

type Proof = components['schemas']['IdentityProof']

async function proofOf(api: Api, form: FormData): Promise<Answer<Proof>> {
  const password = textOf(form, 'password')
  const code = textOf(form, 'recovery_code')
  const given = { password, ...(code && { recovery_code: code }) }
  if (form.has('password')) return { ok: true, value: given, next: undefined }
  const ways = await api.call((client) => client.POST('/users/me/confirmation/options'))
  if (!ways.ok) return ways
  const used = await getPasskey(ways.value.options ?? {})
  return used.ok ? { ...used, value: { passkey: used.value } } : used
}

/** @returns the token for the header `Confirmation` */
export async function confirmBy(api: Api, form: FormData): Promise<Answer<string>> {
  const proof = await proofOf(api, form)
  if (!proof.ok) return proof
  const body = proof.value
  const answer = await api.call((client) => client.POST('/users/me/confirmation', { body }))
  return answer.ok ? { ...answer, value: answer.value.confirmation } : answer
}
