/** A wallet's ledger, newest first, with filters and its statement. */
import { useState } from 'preact/hooks'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import { Filters, Paged } from './filters'
import type { Transaction, WalletType } from './model'
import { isFiltered, NO_FILTER, periodOf } from './period'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import { Section } from '../shared/section'
import { printMoment, printMovement, printNaira, WALLET_NAMES } from '../shared/print'
import { KINDS, wordOf } from '../shared/words'
import { downloadStatement } from './statement'
import { usePages } from './use-pages'
import './cards.css'
import './ledger.css'

const Entry = ({ entry }: { readonly entry: Transaction }) => (
  <tr role="row">
    <td class="number" role="cell" data-label="No.">
      {entry.seq}
    </td>
    <th scope="row" role="rowheader">
      {wordOf(KINDS, entry.kind)}
      <span class="note">
        {entry.recipient_phone && `${entry.recipient_name ?? entry.recipient_phone} · `}
        {printMoment(entry.created_at)}
      </span>
    </th>
    <td
      class={`number headline ${entry.amount > 0 ? 'in' : 'out'}`}
      role="cell"
      data-label="Amount"
    >
      {printMovement(entry.amount)}
    </td>
    <td class="number" role="cell" data-label="Balance">
      {printNaira(entry.balance)}
    </td>
    <td class="seal" role="cell" data-label="Seal">
      <code title={entry.hash}>{entry.hash.slice(0, 8)}</code>
    </td>
  </tr>
)

const COLUMNS = [
  ['No.', 'number'],
  ['What', ''],
  ['Amount', 'number'],
  ['Balance', 'number'],
  ['Seal', 'seal'],
] as const

/** The roles keep the table a table where the style sheet shows its rows as cards. */
const Entries = ({ entries }: { readonly entries: readonly Transaction[] }) => (
  <table class="cards" role="table" aria-label="Transactions">
    <thead role="rowgroup">
      <tr role="row">
        {COLUMNS.map(([name, looks]) => (
          <th key={name} class={looks} scope="col" role="columnheader">
            {name}
          </th>
        ))}
      </tr>
    </thead>
    <tbody role="rowgroup">
      {entries.map((entry) => (
        <Entry key={entry.seq} entry={entry} />
      ))}
    </tbody>
  </table>
)

/** One array, because a new one would reload a filtered list. */
const NO_ENTRIES: readonly Transaction[] = []

function useLedger(shown: WalletType) {
  const { api, holdings } = useDesk()
  const [filter, setFilter] = useState(NO_FILTER)
  const wallet = holdings.wallets.find(({ type }) => type === shown)
  const ledger = holdings.ledgers.find((known) => known.wallet === shown)
  const pages = usePages<Transaction>({
    listKey: `${shown} ${JSON.stringify(filter)}`,
    filter,
    newest: ledger?.entries ?? NO_ENTRIES,
    idOf: ({ seq }) => seq,
    compare: (a, b) => b.seq - a.seq,
    read: async (page) => {
      const kind = filter.value as Transaction['kind']
      const query = { ...page, ...periodOf(filter), ...(filter.value && { kind }) }
      const params = { path: { uuid: wallet?.uuid ?? '' }, query }
      const read = await api.call<Transaction[] | string>((client) =>
        client.GET('/wallets/{uuid}/transactions', { params }),
      )
      if (!read.ok) return read
      return { ...read, value: typeof read.value === 'string' ? [] : read.value }
    },
  })
  return { wallet, pages, filter, setFilter }
}

interface ChoiceProps {
  readonly shown: WalletType
  readonly onShow: (type: WalletType) => void
}

const WalletChoice = ({ shown, onShow }: ChoiceProps) => (
  <div class="choice" role="group" aria-label="Wallet of the ledger">
    {(['call_credits', 'primary'] as const).map((type) => (
      <button key={type} type="button" aria-pressed={shown === type} onClick={() => onShow(type)}>
        {WALLET_NAMES[type]}
      </button>
    ))}
  </div>
)

export function Ledger() {
  const [shown, setShown] = useState<WalletType>('call_credits')
  const { wallet, pages, filter, setFilter } = useLedger(shown)
  const { api } = useDesk()
  const { act, isBusy, problem } = useAction()
  const download = (wanted: typeof filter) => () =>
    act(async () => wallet && downloadStatement(api, wallet, wanted))
  return (
    <Section title="Ledger" aside={<WalletChoice shown={shown} onShow={setShown} />}>
      <Filters
        things="transactions"
        valueName="Kind"
        words={KINDS}
        filter={filter}
        onFilter={setFilter}
      />
      <Paged
        pages={pages}
        things="transactions"
        filter={filter}
        empty="No transactions yet. Top up to create the first one."
      >
        <Entries entries={pages.items} />
      </Paged>
      <div class="actions statement">
        {isFiltered(filter) && (
          <Button isSmall isBusy={isBusy} onClick={download(filter)}>
            Download these (CSV)
          </Button>
        )}
        <Button isSmall isBusy={isBusy} onClick={download(NO_FILTER)}>
          Download all (CSV)
        </Button>
      </div>
      <ProblemNote problem={problem} />
    </Section>
  )
}
