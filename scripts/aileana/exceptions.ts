/** Lists exceptions, and takes, notes, resolves or reopens one. */
import { askAsOperator } from './operator.ts'
import { formatTable } from './print-table.ts'

interface Exception {
  readonly kind: string
  readonly subject: string
  readonly amount: number | null
  readonly state: string
  readonly owner_name: string | null
  readonly note: string | null
  readonly resolution: string | null
  readonly count: number
  readonly noted_at: string
}

export interface ListOptions {
  readonly url: string
  readonly state: string
  readonly kind?: string
  readonly json?: true
}

const HOUR_MS = 3_600_000

/** Age in days and hours. */
function ageOf({ noted_at: notedAt }: Exception): string {
  const hours = Math.max(0, Math.floor((Date.now() - Date.parse(notedAt)) / HOUR_MS))
  return hours < 24 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}

const rowOf = (exception: Exception) => {
  const { kind, subject, state, amount, owner_name: owner, count, note, resolution } = exception
  return { age: ageOf(exception), kind, subject, state, amount, count, owner, note, resolution }
}

export async function listExceptions({
  url: origin,
  state,
  kind,
  json,
}: ListOptions): Promise<void> {
  const exceptions: Exception[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const url = new URL('/operator/exceptions', origin)
    url.searchParams.set('state', state)
    if (kind !== undefined) url.searchParams.set('kind', kind)
    if (cursor !== '') url.searchParams.set('cursor', cursor)
    const page = (await askAsOperator(url, { method: 'GET' })) as {
      exceptions: Exception[]
      next: string | null
    }
    exceptions.push(...page.exceptions)
    cursor = page.next
  }
  if (json) return console.log(JSON.stringify(exceptions, null, 2))
  console.log(`${exceptions.length} exceptions are ${state}.`)
  if (exceptions.length > 0) console.log(formatTable(exceptions.map(rowOf)))
}

export interface ChangeOptions {
  readonly url: string
  readonly kind: string
  readonly subject: string
  readonly resolution?: string
  readonly note?: string
}

export async function changeException(
  action: 'take' | 'note' | 'resolve' | 'reopen',
  { url, ...body }: ChangeOptions,
): Promise<void> {
  const changed = await askAsOperator(new URL('/operator/exceptions', url), {
    body: { action, ...body },
  })
  console.log(formatTable([rowOf(changed as Exception)]))
}
