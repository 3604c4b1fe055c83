/** Versions of the tariff, the newest first, and the costs that prices must cover. */
import type { CostsBody, VersionBody, VersionsBody } from '../../../src/operators/tariffs/types'
import { Pill } from '../../shared/notes'
import { Section } from '../../shared/section'
import { printCount } from '../base/print'
import { useMay } from '../base/operator'
import { linkTo } from '../base/route'
import { useLoad } from '../base/use-load'
import { usePages } from '../base/use-pages'
import { Paged } from '../parts/paged'
import { Table } from '../parts/table'
import { Time } from '../parts/time'
import { View } from '../parts/view'
import { UploadCosts } from './upload-costs'
import { UploadTariff } from './upload-tariff'
import { stateOf } from './words'
import './tariffs.css'

const HEADS = [
  'Version',
  'State',
  'Takes effect',
  { text: 'Rows', isNumber: true },
  'Proposed by',
  'Approved by',
  'Note',
]

const Row = ({ version }: { readonly version: VersionBody }) => {
  const [word, tone] = stateOf(version, Date.now())
  return (
    <tr>
      <th scope="row">
        <a href={linkTo(['tariffs', String(version.version)])}>Version {version.version}</a>
      </th>
      <td>
        <Pill tone={tone}>{word}</Pill>
      </td>
      <td>
        <Time at={version.effective_at} isExact />
      </td>
      <td class="number">{printCount(version.rows)}</td>
      <td>{version.author.name}</td>
      <td>{version.approver?.name ?? '–'}</td>
      <td class="long">{version.note}</td>
    </tr>
  )
}

const CostsLine = ({ costs }: { readonly costs: CostsBody | null }) => (
  <p class="note">
    {costs ? (
      <>
        {printCount(costs.rows)} costs, set by {costs.author.name}, <Time at={costs.set_at} />. No
        version with a price below its cost can be approved.
      </>
    ) : (
      'No costs are set. Upload them, so that no price below its cost can be approved.'
    )}
  </p>
)

export function TariffList() {
  const may = useMay()
  const path = '/operator/tariffs'
  const pages = usePages<VersionsBody, VersionBody>({
    path,
    cursor: 'before',
    pageOf: ({ versions, next }) => ({
      items: versions,
      next: next === null ? null : String(next),
    }),
  })
  const first = useLoad<VersionsBody>(`${path}?limit=1`)
  return (
    <View title="Tariffs" aside={may('tariffs.propose') && <UploadTariff />}>
      <Paged
        pages={pages}
        things="versions"
        empty="No version yet: the tariff of the settings is in effect. Upload a CSV to propose the first version."
      >
        {(items) => (
          <Table caption="Versions of the tariff" heads={HEADS}>
            {items.map((version) => (
              <Row key={version.version} version={version} />
            ))}
          </Table>
        )}
      </Paged>
      <Section
        title="Costs"
        aside={may('tariffs.propose') && <UploadCosts onDone={() => void first.reload()} />}
      >
        {first.value && <CostsLine costs={first.value.costs} />}
      </Section>
    </View>
  )
}
