/** Daily books: money in and out by day in Lagos, and what is owed to customers at midnight. */
import type { BookBody, BooksBody } from '../../../src/operators/finance/types'
import { Empty } from '../../shared/notes'
import { printNaira } from '../../shared/print'
import { withQuery } from '../base/request'
import { useLoad } from '../base/use-load'
import { replaceQuery } from '../base/use-route'
import { Loaded } from '../parts/loaded'
import { Table } from '../parts/table'
import { View } from '../parts/view'
import { daysOf, Period } from './period'
import { Tabs } from './tabs'

const COLUMNS = [
  ['top_ups', 'Top-ups'],
  ['charges', 'Charges'],
  ['refunds', 'Refunds'],
  ['reversals', 'Reversals'],
  ['goodwill', 'Goodwill'],
  ['corrections', 'Corrections'],
  ['debt_payments', 'Debts paid'],
  ['waivers', 'Waivers'],
  ['forfeits', 'Forfeits'],
  ['other', 'Other'],
  ['fees', 'Fees'],
  ['in_transit', 'In transit'],
  ['liability', 'Owed to customers'],
  ['difference', 'Difference'],
] as const satisfies readonly (readonly [keyof BookBody, string])[]

const HEADS = ['Day', ...COLUMNS.map(([, text]) => ({ text, isNumber: true }))]

const BookRow = ({ book }: { readonly book: BookBody }) => (
  <tr>
    <th scope="row" class="day">
      {book.day}
      {book.changes > 0 && <span class="note"> corrected</span>}
    </th>
    {COLUMNS.map(([name]) => {
      const isBad = name === 'difference' && book[name] !== 0
      return (
        <td key={name} class={`number${isBad ? ' bad' : ''}${book[name] === 0 ? ' zero' : ''}`}>
          {printNaira(book[name])}
        </td>
      )
    })}
  </tr>
)

export function Books({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const days = daysOf(query, Date.now())
  const found = useLoad<BooksBody>(withQuery('/operator/finance/books', { ...days }))
  return (
    <View title="Daily books" aside={<Tabs current="books" />}>
      <Period
        days={days}
        file="/operator/finance/books.csv"
        fileText="Download CSV"
        onDays={(changed) => replaceQuery(['finance', 'books'], { ...changed })}
      />
      <Loaded from={found}>
        {({ books }) =>
          books.length === 0 ? (
            <Empty>
              No book in this period. Books are computed after midnight in Lagos. Choose other days.
            </Empty>
          ) : (
            <Table caption="Daily books" heads={HEADS}>
              {books.map((book) => (
                <BookRow key={book.day} book={book} />
              ))}
            </Table>
          )
        }
      </Loaded>
    </View>
  )
}
