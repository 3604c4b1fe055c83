/** A wallet's ledger, newest first, page by page. */
import { useState } from 'preact/hooks'
import type { Problem } from './api'
import { useDesk } from './desk'
import type { Transaction, WalletType } from './model'
import { Button } from '../shared/button'
import { Empty, ProblemNote } from '../shared/notes'
import { Section } from '../shared/section'
import { type LedgerPage, readPage } from './use-account'
import { printMoment, printMovement, printNaira, printWord, WALLET_NAMES } from '../shared/print'
import './ledger.css'

const Entry = ({ entry }: { readonly entry: Transaction }) => (
  <tr>
    <td class="number">{entry.seq}</td>
    <th scope="row">
      {printWord(entry.kind)}
      <span class="note">
        {entry.recipient_phone && `${entry.recipient_name ?? entry.recipient_phone} · `}
        {printMoment(entry.created_at)}
      </span>
    </th>
    <td class={`number ${entry.amount > 0 ? 'in' : 'out'}`}>{printMovement(entry.amount)}</td>
    <td class="number">{printNaira(entry.balance)}</td>
    <td class="seal">
      <code title={entry.hash}>{entry.hash.slice(0, 8)}</code>
    </td>
  </tr>
)

const Entries = ({ entries }: { readonly entries: readonly Transaction[] }) => (
  <div class="scroll">
    <table>
      <thead>
        <tr>
          <th class="number" scope="col">
            No.
          </th>
          <th scope="col">What</th>
          <th class="number" scope="col">
            Amount
          </th>
          <th class="number" scope="col">
            Balance
          </th>
          <th class="seal" scope="col">
            Seal
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Entry key={entry.seq} entry={entry} />
        ))}
      </tbody>
    </table>
  </div>
)

/** Merges pages of entries, newest first. Entries never change, so known ones are kept. */
function join(...pages: readonly (readonly Transaction[])[]): Transaction[] {
  const seen = new Map(pages.flat().map((entry) => [entry.seq, entry]))
  return [...seen.values()].toSorted((a, b) => b.seq - a.seq)
}

/** Pages of a wallet's ledger: the newest one, which is reloaded, and older ones on request. */
function usePages(shown: WalletType) {
  const { api, holdings } = useDesk()
  const [kept, setKept] = useState<Partial<Record<WalletType, LedgerPage>>>({})
  const [problem, setProblem] = useState<Problem>()
  const newest = holdings.ledgers.find(({ wallet }) => wallet === shown)
  const known = kept[shown]
  const ledger =
    known && newest ? { ...known, entries: join(known.entries, newest.entries) } : newest
  const readOlder = async (ledger: LedgerPage) => {
    const page = await readPage(api, ledger.uuid, ledger.next)
    if (!page.ok) return setProblem(page.problem)
    const entries = join(ledger.entries, page.value)
    setKept({ ...kept, [shown]: { ...ledger, entries, next: page.next } })
  }
  return { ledger, older: ledger?.next && (() => void readOlder(ledger)), problem }
}

export function Ledger() {
  const [shown, setShown] = useState<WalletType>('call_credits')
  const { ledger, older, problem } = usePages(shown)
  const choice = (
    <div class="choice" role="group" aria-label="Wallet of the ledger">
      {(['call_credits', 'primary'] as const).map((type) => (
        <button
          key={type}
          type="button"
          aria-pressed={shown === type}
          onClick={() => setShown(type)}
        >
          {WALLET_NAMES[type]}
        </button>
      ))}
    </div>
  )
  return (
    <Section title="Ledger" aside={choice}>
      {ledger?.entries.length ? (
        <Entries entries={ledger.entries} />
      ) : (
        <Empty>No transactions yet. Top up to create the first one.</Empty>
      )}
      {older && (
        <Button isSmall onClick={older}>
          Older entries
        </Button>
      )}
      <ProblemNote problem={problem} />
    </Section>
  )
}
