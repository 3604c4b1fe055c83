/** Reads proposals, and the names of their makers and checkers. */
import { z } from 'zod'
import { ok, refuse, type Result } from '../../common/result'
import { type Page, pageOf, readCursor } from '../../http/pagination'
import { type Names, type NamesDeps, namesOf } from '../access/names'
import type { Proposal, ProposalStore } from './store'
import type { ProposalState } from './table'

interface ListDeps {
  readonly proposalStore: ProposalStore
}

const positionSchema = z.tuple([z.int(), z.string().max(100)])

/** Newest first. Refuses `invalid_cursor`. */
export async function listProposals(
  { proposalStore }: ListDeps,
  query: {
    readonly state?: ProposalState | undefined
    readonly customer?: string | undefined
    readonly limit: number
    readonly cursor?: string | undefined
  },
): Promise<Result<Page<Proposal>>> {
  const { state, customer: userUuid, limit, cursor } = query
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const page = { state, userUuid, before: position.value, limit: limit + 1 }
  const rows = await proposalStore.list(page)
  return ok(pageOf(rows, limit, ({ createdAtMs, uuid }) => [createdAtMs, uuid]))
}

/** Refuses `not_found`. */
export async function findProposal(
  { proposalStore }: ListDeps,
  uuid: string,
): Promise<Result<Proposal>> {
  const proposal = await proposalStore.byUuid(uuid)
  return proposal ? ok(proposal) : refuse({ code: 'not_found' })
}

export const proposalNames = (deps: NamesDeps, proposals: readonly Proposal[]): Promise<Names> =>
  namesOf(
    deps,
    proposals.flatMap(({ maker, checker }) => [maker, checker]),
  )
