/** One version: its state, its differences from the one before, a dry run, and the decision. */
import type { DifferencesBody } from '../../../src/operators/tariffs/types'
import { Pill } from '../../shared/notes'
import { Section } from '../../shared/section'
import { printCount } from '../base/print'
import { useLoad } from '../base/use-load'
import { Facts } from '../parts/facts'
import { Loaded } from '../parts/loaded'
import { Time } from '../parts/time'
import { View } from '../parts/view'
import { BelowCost } from './below-cost'
import { Differences } from './differences'
import { DryRun } from './dry-run'
import { VersionActions } from './version-actions'
import { stateOf } from './words'
import './tariffs.css'

interface VersionProps {
  readonly body: DifferencesBody
}

const time = (at: string | null) => at && <Time at={at} isExact />

const VersionFacts = ({ body: { version, compared_with: earlier } }: VersionProps) => (
  <Facts
    facts={[
      ['Takes effect', time(version.effective_at)],
      ['Note', version.note],
      ['Rows', printCount(version.rows)],
      ['Compared with', earlier === null ? 'the tariff of the settings' : `version ${earlier}`],
      ['Proposed by', version.author.name],
      ['Proposed', time(version.proposed_at)],
      ['Approved by', version.approver?.name],
      ['Approved', time(version.approved_at)],
      ['Withdrawn by', version.withdrawer?.name],
      ['Withdrawn', time(version.withdrawn_at)],
      ['Hash', <code key="hash">{version.hash}</code>],
    ]}
  />
)

const VersionPill = ({ body }: VersionProps) => {
  const [word, tone] = stateOf(body.version, Date.now())
  return <Pill tone={tone}>{word}</Pill>
}

export function TariffVersion({ version }: { readonly version: string }) {
  const path = `/operator/tariffs/${encodeURIComponent(version)}`
  const found = useLoad<DifferencesBody>(`${path}/differences`)
  const { value } = found
  return (
    <View title={`Version ${version}`} aside={value && <VersionPill body={value} />}>
      <Loaded from={found}>
        {(body) => (
          <>
            <Section title="Details">
              <VersionFacts body={body} />
              <VersionActions body={body} onChanged={() => void found.reload()} />
            </Section>
            <BelowCost path={path} />
            <Section title="Differences">
              <Differences path={path} first={body} />
            </Section>
            <Section title="Dry run over yesterday’s calls">
              <DryRun path={path} />
            </Section>
          </>
        )}
      </Loaded>
    </View>
  )
}
