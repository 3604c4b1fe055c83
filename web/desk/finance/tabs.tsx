import { linkTo } from '../base/route'

const TABS = [
  { name: 'books', text: 'Daily books' },
  { name: 'settlements', text: 'Settlements' },
] as const

/** Links between the views of finance. */
export const Tabs = ({ current }: { readonly current: (typeof TABS)[number]['name'] }) => (
  <nav class="tabs" aria-label="Finance">
    <ul>
      {TABS.map(({ name, text }) => (
        <li key={name}>
          <a href={linkTo(['finance', name])} aria-current={name === current ? 'page' : undefined}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
