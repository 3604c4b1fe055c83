/** Ended calls. Each expands to its receipt. */
import { useEffect, useState } from 'preact/hooks'
import { whoOf } from './call-texts'
import { useDesk } from './desk'
import { Filters, Paged } from './filters'
import { type Call, isOpen, type Transaction } from './model'
import { isFiltered, NO_FILTER, periodOf } from './period'
import { type Fact, Receipt } from './receipt'
import { calculation, costSentence } from './receipt-text'
import { SignedReceipt } from './signed-receipt'
import { Pill } from '../shared/notes'
import { printDate, printDuration, printMoment, printNaira, printSeconds } from '../shared/print'
import { CALL_STATUSES, CALL_TYPES, END_REASONS, wordOf } from '../shared/words'
import { usePages } from './use-pages'

const { completed, failed, cancelled } = CALL_STATUSES
const ENDED_STATUSES = { completed, failed, cancelled }
const END_TONES: Record<string, 'bad' | 'warn'> = {
  credit_exhausted: 'warn',
  failed: 'bad',
  lost: 'warn',
}

const MINUTE_MS = 60_000
/** A charge follows the end of its call at once; a later one is not looked for. */
const CHARGE_WITHIN_MS = 10 * MINUTE_MS

const endOf = ({ end_reason, status }: Call): string =>
  end_reason ? wordOf(END_REASONS, end_reason) : wordOf(CALL_STATUSES, status)

/** Ledger entry that charged the call, from the loaded ledger or from the API. */
function useChargeEntry({ uuid, ended_at, cost }: Call): Transaction | undefined {
  const { api, holdings } = useDesk()
  const [read, setRead] = useState<Transaction>()
  const isItsCharge = (entry: Transaction) =>
    entry.kind === 'call_charge' && entry.source_uuid === uuid
  const loaded = holdings.ledgers.flatMap(({ entries }) => entries).find(isItsCharge)
  const credits = holdings.wallets.find(({ type }) => type === 'call_credits')?.uuid
  const isWanted = !loaded && cost > 0 && ended_at !== null && credits !== undefined
  useEffect(() => {
    if (!isWanted) return
    const endMs = Date.parse(ended_at)
    const query = {
      kind: 'call_charge',
      limit: 100,
      from: new Date(endMs - MINUTE_MS).toISOString(),
      to: new Date(endMs + CHARGE_WITHIN_MS).toISOString(),
    } as const
    const params = { path: { uuid: credits }, query }
    const readEntry = async () => {
      const page = await api.call<Transaction[] | string>((client) =>
        client.GET('/wallets/{uuid}/transactions', { params }),
      )
      if (page.ok && typeof page.value !== 'string')
        setRead(page.value.find(({ source_uuid }) => source_uuid === uuid))
    }
    void readEntry()
  }, [api, isWanted, credits, ended_at, uuid])
  return loaded ?? read
}

function factsOf(call: Call, entry: Transaction | undefined): Fact[] {
  const { recipient_name, recipient_phone, type, started_at, ended_at, created_at } = call
  const facts: (Fact | undefined)[] = [
    {
      name: 'To',
      value: recipient_name ? `${recipient_name}, ${recipient_phone}` : recipient_phone,
    },
    { name: 'Type', value: wordOf(CALL_TYPES, type) },
    { name: started_at ? 'Answered' : 'Started', value: printDate(started_at ?? created_at) },
    ended_at === null ? undefined : { name: 'Ended', value: printDate(ended_at) },
    { name: 'Duration', value: printDuration(call.duration_seconds ?? 0) },
    { name: 'End reason', value: endOf(call) },
    { name: 'Charged', value: <strong class="charged">{printNaira(call.cost)}</strong> },
    entry && {
      name: 'Balance',
      value: `${printNaira(entry.balance - entry.amount)} before, ${printNaira(entry.balance)} after`,
    },
  ]
  return facts.filter((fact) => fact !== undefined)
}

function CallReceipt({ call }: { readonly call: Call }) {
  const entry = useChargeEntry(call)
  const { api } = useDesk()
  const { rate, charge, uuid, cost } = call
  const title = `call to ${whoOf(call)}`
  const params = { path: { uuid } }
  return (
    <Receipt title={title} facts={factsOf(call, entry)}>
      <p>{costSentence(call)}.</p>
      {cost > 0 && (
        <SignedReceipt
          title={title}
          request={() => api.call((client) => client.POST('/calls/{uuid}/receipt', { params }))}
        />
      )}
      {charge && (
        <details class="how">
          <summary>Calculation</summary>
          <dl class="calculation">
            {calculation(rate, charge).map(({ name, figures }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{figures}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Receipt>
  )
}

function EndedCall({ call }: { readonly call: Call }) {
  const [isShown, setShown] = useState(false)
  return (
    <li>
      <details onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary class="row expands">
          <span class="row-main">
            <strong>{whoOf(call)}</strong>
            <span class="note">{printMoment(call.created_at)}</span>
          </span>
          <Pill tone={END_TONES[call.end_reason ?? ''] ?? 'quiet'}>{endOf(call)}</Pill>
          <span class="number">{printSeconds(call.duration_seconds ?? 0)}</span>
          <span class="number">{printNaira(call.cost)}</span>
        </summary>
        {isShown && <CallReceipt call={call} />}
      </details>
    </li>
  )
}

const newestFirst = (a: Call, b: Call): number => b.created_at.localeCompare(a.created_at)

export function EndedCalls() {
  const { api, holdings } = useDesk()
  const [filter, setFilter] = useState(NO_FILTER)
  const pages = usePages<Call>({
    listKey: JSON.stringify(filter),
    filter,
    newest: holdings.calls,
    idOf: ({ uuid }) => uuid,
    compare: newestFirst,
    read: (page) => {
      const status = filter.value as Call['status']
      const query = { ...page, ...periodOf(filter), ...(filter.value && { status }) }
      return api.call((client) => client.GET('/calls', { params: { query } }))
    },
  })
  const ended = { ...pages, items: pages.items.filter((call) => !isOpen(call)) }
  if (ended.items.length === 0 && !isFiltered(filter) && !pages.readMore) return null
  return (
    <>
      <h3>Ended</h3>
      <Filters
        things="calls"
        valueName="Status"
        words={ENDED_STATUSES}
        filter={filter}
        onFilter={setFilter}
      />
      <Paged pages={ended} things="calls" filter={filter} empty="No call has ended yet.">
        <ul class="rows">
          {ended.items.map((call) => (
            <EndedCall key={call.uuid} call={call} />
          ))}
        </ul>
      </Paged>
    </>
  )
}
