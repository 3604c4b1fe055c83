/** Webhooks that the service sends to the user's programs: endpoints with their deliveries, and API keys. */
import { useRef } from 'preact/hooks'
import { Empty, ProblemNote } from '../../shared/notes'
import { Section } from '../../shared/section'
import { useDesk } from '../desk'
import { Fold } from '../fold'
import { listEndpoints } from './commands'
import { EndpointItem } from './endpoint-item'
import { Keys } from './keys'
import { NewEndpoint } from './new-endpoint'
import { useReading } from './use-reading'
import './webhooks.css'

export function Webhooks() {
  const { api } = useDesk()
  const heading = useRef<HTMLHeadingElement>(null)
  const { value: endpoints, problem, reload } = useReading(() => listEndpoints(api))
  return (
    <div id="webhooks">
      <Section title="Webhooks" headingRef={heading}>
        <p class="note">
          Signed requests notify your programs of payments and calls.{' '}
          <a href="/guides/webhooks">The guide</a> explains them.
        </p>
        {endpoints?.length === 0 && <Empty>No endpoints yet.</Empty>}
        {endpoints !== undefined && endpoints.length > 0 && (
          <ul class="payments" aria-label="Endpoints">
            {endpoints.map((endpoint) => (
              <EndpointItem
                key={endpoint.uuid}
                endpoint={endpoint}
                onChanged={reload}
                onRemoved={() => heading.current?.focus()}
              />
            ))}
          </ul>
        )}
        <ProblemNote problem={problem} />
        <div class="folds">
          <Fold title="New endpoint">
            <NewEndpoint onCreated={reload} />
          </Fold>
          <Fold title="API keys">
            <Keys onRevoked={reload} />
          </Fold>
        </div>
      </Section>
    </div>
  )
}
