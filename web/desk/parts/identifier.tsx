import { printShort } from '../base/print'

/** A UUID, reference or hash in a list: short, with the whole value in the title. */
export const Identifier = ({ id }: { readonly id: string }) => (
  <code title={id}>{printShort(id)}</code>
)
