/** The effect of an action in figures, read before the operator decides. */
import type { EffectBody } from '../../../src/operators/desk-types'
import type { Loaded as LoadedState } from '../base/use-load'
import { Loaded } from './loaded'

export const FigureList = ({ figures }: EffectBody) => (
  <dl class="figures" aria-label="Effect">
    {figures.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd class="number">{value}</dd>
      </div>
    ))}
  </dl>
)

export const Figures = ({ effect }: { readonly effect: LoadedState<EffectBody> }) => (
  <Loaded from={effect}>{({ figures }) => <FigureList figures={figures} />}</Loaded>
)
