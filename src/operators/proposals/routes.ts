/** Operators' routes that propose and decide about amounts: refunds, goodwill, corrections, waivers of debts. */
import { createRoute } from '@hono/zod-openapi'
import { toNairaNumber } from '../../common/money'
import { jsonBody } from '../../http/declarations'
import { idempotencyHeader, uuidParam } from '../../http/fields'
import { createProblem, problemResponse } from '../../http/problems'
import { type AppContext, createRouter } from '../../http/router'
import type { Refusal, Result } from '../../common/result'
import { presentRefund } from '../../refunds/schemas'
import { operatorOf } from '../access/guard'
import { operatorRoute } from '../access/operator-route'
import type { NamesDeps } from '../access/names'
import type { PreviewBody } from '../desk-types'
import { NOTHING_FOUND, type LookupDeps } from '../customers/lookup'
import { recordRead } from '../log/record'
import { effectOf, type EffectDeps } from './effect'
import { executeAgain } from './execute'
import { findProposal, listProposals, proposalNames } from './list'
import { prepare } from './prepare'
import { decideAsOperator } from './refund-decision'
import {
  approvalBody,
  decisionBody,
  newProposalBody,
  presentProposal,
  proposalQuery,
  rejectionBody,
} from './schemas'
import {
  approve,
  ownLeftKobo,
  type Proposal,
  propose,
  type ProposalDeps,
  reject,
  withdraw,
} from './service'

export interface ProposalRouteDeps extends ProposalDeps, EffectDeps, LookupDeps, NamesDeps {}

const params = uuidParam('UUID of the proposal or refund.')

const newProposal = createRoute({
  ...operatorRoute('post', '/operator/proposals', 'money.propose', 'Executed or pending proposal.'),
  request: { body: jsonBody(newProposalBody), headers: idempotencyHeader },
})
const preview = createRoute({
  ...operatorRoute(
    'post',
    '/operator/proposals/preview',
    'money.propose',
    'Figures that the proposal would change.',
  ),
  request: { body: jsonBody(newProposalBody) },
})
const list = createRoute({
  ...operatorRoute('get', '/operator/proposals', 'customers.read', 'Page of proposals.'),
  request: { query: proposalQuery },
})
const one = createRoute({
  ...operatorRoute('get', '/operator/proposals/{uuid}', 'customers.read', 'Proposal.'),
  request: { params },
})
const approval = createRoute({
  ...operatorRoute(
    'post',
    '/operator/proposals/{uuid}/approve',
    'money.approve',
    'Approved proposal.',
  ),
  request: { params, body: jsonBody(approvalBody) },
})
const rejection = createRoute({
  ...operatorRoute(
    'post',
    '/operator/proposals/{uuid}/reject',
    'money.approve',
    'Rejected proposal.',
  ),
  request: { params, body: jsonBody(rejectionBody) },
})
const withdrawal = createRoute({
  ...operatorRoute(
    'post',
    '/operator/proposals/{uuid}/withdraw',
    'money.propose',
    'Withdrawn proposal.',
  ),
  request: { params },
})
const execution = createRoute({
  ...operatorRoute(
    'post',
    '/operator/proposals/{uuid}/execute',
    'money.approve',
    'Executed proposal.',
  ),
  request: { params },
})
const decision = createRoute({
  ...operatorRoute('post', '/operator/refunds/{uuid}/decision', 'money.approve', 'Decided refund.'),
  request: { params, body: jsonBody(decisionBody) },
})

/** An idempotency key is required, because a repeat without one would move the money twice. */
const keyMissing = (c: AppContext) =>
  createProblem(c, 'validation_failed', 'Send the header Idempotency-Key.', {
    members: { errors: [{ pointer: '/Idempotency-Key', message: 'is required' }] },
  }) as never

const refused = (c: AppContext, refusal: Refusal) =>
  refusal.code === 'not_found'
    ? (createProblem(c, 'not_found', NOTHING_FOUND) as never)
    : problemResponse(c, refusal)

export function proposalRoutes(deps: ProposalRouteDeps) {
  const present = async (c: AppContext, proposal: Proposal) =>
    presentProposal(proposal, operatorOf(c), await proposalNames(deps, [proposal]), deps.now())
  const respond = async (c: AppContext, result: Result<Proposal>) =>
    result.ok
      ? c.json(await present(c, result.value), result.value.state === 'pending' ? 202 : 200)
      : refused(c, result.refusal)

  return createRouter()
    .openapi(newProposal, async (c) => {
      const { 'idempotency-key': key } = c.req.valid('header')
      if (key === undefined) return keyMissing(c)
      const prepared = await prepare(deps, c.req.valid('json'))
      if (!prepared.ok) return refused(c, prepared.refusal)
      return (await respond(
        c,
        await propose(deps, operatorOf(c), prepared.value, { key }),
      )) as never
    })
    .openapi(preview, async (c) => {
      const prepared = await prepare(deps, c.req.valid('json'))
      if (!prepared.ok) return refused(c, prepared.refusal)
      const { user, content } = prepared.value
      const read = { action: 'proposal_previewed', subject: user.uuid }
      await recordRead(deps, operatorOf(c), read)
      const effect = await effectOf(deps, user, content)
      if (!effect.ok) return refused(c, effect.refusal)
      const ownKobo = await ownLeftKobo(deps, operatorOf(c))
      const body: PreviewBody = {
        figures: effect.value,
        needs_approval: content.amount_kobo > ownKobo,
        own_left: toNairaNumber(ownKobo),
      }
      return c.json(body, 200)
    })
    .openapi(list, async (c) => {
      const query = c.req.valid('query')
      const page = await listProposals(deps, query)
      if (!page.ok) return problemResponse(c, page.refusal)
      const { items, nextCursor } = page.value
      const facts = { found: items.map(({ uuid }) => uuid) }
      const subject = query.customer ?? null
      await recordRead(deps, operatorOf(c), { action: 'proposals_read', subject, facts })
      const names = await proposalNames(deps, items)
      const proposals = items.map((item) => presentProposal(item, operatorOf(c), names, deps.now()))
      return c.json({ proposals, next: nextCursor ?? null }, 200)
    })
    .openapi(one, async (c) => {
      const found = await findProposal(deps, c.req.valid('param').uuid)
      if (!found.ok) return refused(c, found.refusal)
      const { uuid: proposal, userUuid: subject } = found.value
      const read = { action: 'proposal_read', subject, facts: { proposal } }
      await recordRead(deps, operatorOf(c), read)
      return c.json(await present(c, found.value), 200)
    })
    .openapi(approval, async (c) => {
      const { uuid } = c.req.valid('param')
      return (await respond(
        c,
        await approve(deps, operatorOf(c), uuid, c.req.valid('json')),
      )) as never
    })
    .openapi(rejection, async (c) => {
      const { uuid } = c.req.valid('param')
      return (await respond(
        c,
        await reject(deps, operatorOf(c), uuid, c.req.valid('json')),
      )) as never
    })
    .openapi(withdrawal, async (c) => {
      const { uuid } = c.req.valid('param')
      return (await respond(c, await withdraw(deps, operatorOf(c), uuid))) as never
    })
    .openapi(execution, async (c) => {
      const found = await findProposal(deps, c.req.valid('param').uuid)
      if (!found.ok) return refused(c, found.refusal)
      if (found.value.state !== 'approved')
        return refused(c, { code: 'proposal_state_conflict', state: found.value.state })
      return (await respond(c, await executeAgain(deps, operatorOf(c), found.value))) as never
    })
    .openapi(decision, async (c) => {
      const { uuid } = c.req.valid('param')
      const { outcome, evidence } = c.req.valid('json')
      const decided = await decideAsOperator(deps, operatorOf(c), uuid, { outcome, evidence })
      return decided.ok ? c.json(presentRefund(decided.value), 200) : refused(c, decided.refusal)
    })
}
