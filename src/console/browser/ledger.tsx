/** A wallet's ledger, newest first, page by page. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Problem } from './api'
import { useDesk } from './desk'
import type { Transaction, WalletType } from './model'
import { Button, Empty, ProblemNote, Section } from './parts'
import { printMoment, printMovement, printNaira, printWord, WALLET_NAMES } from './print'

const PAGE = 10

const Entry = ({ entry }: { readonly entry: Transaction }) => (
  <tr>
    <td class="number">{entry.seq}</td>
    <th scope="row">
      {printWord(entry.kind)}
      <span class="note">
        {entry.recipient_name ?? entry.recipient_phone ?? printMoment(entry.created_at)}
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

/** The first page anew whenever the account was read anew; older ones are added to it. */
function usePages(uuid: string | undefined) {
  const { api, holdings } = useDesk()
  const [pages, setPages] = useState<{
    entries: readonly Transaction[]
    next?: string | undefined
  }>()
  const [problem, setProblem] = useState<Problem>()
  const read = useCallback(
    async (path: string, before: readonly Transaction[]) => {
      const page = await api.get<Transaction[]>(path)
      if (!page.ok) return setProblem(page.problem)
      setPages({ entries: [...before, ...page.value], next: page.next })
    },
    [api],
  )
  useEffect(() => {
    if (uuid) void read(`/wallets/${uuid}/transactions?limit=${PAGE}`, [])
  }, [uuid, read, holdings.entries])
  const older = pages?.next && (() => void read(pages.next ?? '', pages.entries))
  return { entries: pages?.entries, older, problem }
}

export function Ledger() {
  const { holdings } = useDesk()
  const [shown, setShown] = useState<WalletType>('call_credits')
  const { entries, older, problem } = usePages(
    holdings.wallets.find(({ type }) => type === shown)?.uuid,
  )
  const choice = (
    <div class="choice" role="group" aria-label="Whose ledger">
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
      {entries?.length === 0 && <Empty>Nothing has moved yet. A top-up is the first entry.</Empty>}
      {entries && entries.length > 0 && <Entries entries={entries} />}
      {older && (
        <Button isSmall onClick={older}>
          Older entries
        </Button>
      )}
      <ProblemNote problem={problem} />
    </Section>
  )
}
