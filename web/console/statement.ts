/** Downloads a wallet's statement as CSV. The API needs the token in a header, so a plain link cannot. */
import type { Answer, Api, Problem } from '../shared/api'
import { type Filter, periodOf, statementName } from './period'
import type { Transaction, WalletType } from './model'
import { save } from './save'

/** Spreadsheets need the byte order mark, which decoding the response removes. */
const withMark = (csv: string): string => (csv.startsWith('\uFEFF') ? csv : `\uFEFF${csv}`)

export async function downloadStatement(
  api: Api,
  { uuid, type }: { readonly uuid: string; readonly type: WalletType },
  filter: Filter,
): Promise<Problem | undefined> {
  const kind = filter.value as Transaction['kind']
  const query = { ...periodOf(filter), ...(filter.value && { kind }) }
  const csv: Answer<unknown> = await api.call<unknown>((client) =>
    client.GET('/wallets/{uuid}/transactions', {
      params: { path: { uuid }, query },
      headers: { Accept: 'text/csv' },
      parseAs: 'text',
    }),
  )
  if (!csv.ok) return csv.problem
  save(withMark(String(csv.value)), statementName(type, filter), 'text/csv;charset=utf-8')
  return undefined
}
