/** The view of a place. */
import { Account } from './access/account'
import type { Route } from './base/route'
import { useOperator } from './base/operator'
import { Customer } from './customers/customer'
import { Search } from './customers/search'
import { ExceptionList } from './exceptions/exception-list'
import { Books } from './finance/books'
import { Settlement } from './finance/settlement'
import { SettlementList } from './finance/settlement-list'
import { Home } from './home/home'
import { Log } from './log/log'
import { OperatorList } from './operators/operator-list'
import { View } from './parts/view'
import { Proposal } from './proposals/proposal'
import { ProposalList } from './proposals/proposal-list'
import { sectionsFor } from './sections'
import { TariffList } from './tariffs/tariff-list'
import { TariffVersion } from './tariffs/tariff-version'

const NotFound = () => (
  <View title="This page does not exist">
    <p>
      The link is incomplete, or your role does not permit it. <a href="#/">Go to the start.</a>
    </p>
  </View>
)

function viewOf({ path: [section = '', first, second], query }: Route) {
  switch (section) {
    case '':
      return <Home />
    case 'account':
      return <Account />
    case 'customers':
      return first ? <Customer uuid={first} query={query} /> : <Search />
    case 'proposals':
      return first ? <Proposal uuid={first} /> : <ProposalList query={query} />
    case 'exceptions':
      return <ExceptionList query={query} />
    case 'finance':
      if (first !== 'settlements') return <Books query={query} />
      return second ? <Settlement reference={second} /> : <SettlementList query={query} />
    case 'tariffs':
      return first ? <TariffVersion version={first} /> : <TariffList />
    case 'operators':
      return <OperatorList />
    case 'log':
      return <Log query={query} />
    default:
      return <NotFound />
  }
}

export function Views({ route }: { readonly route: Route }) {
  const { permissions } = useOperator()
  const [section = ''] = route.path
  const isShown =
    section === 'account' || sectionsFor(permissions).some(({ name }) => name === section)
  return isShown ? viewOf(route) : <NotFound />
}
