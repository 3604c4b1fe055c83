/** Client of the AIleana API: requests, lists, problems, live events of calls, and rooms. */
export * from './client.ts'
export { type CallEvent, watchCall, type WatchOptions } from './events.ts'
export { type ItemOf, listAll, type ListParameters, type ListPath, nextCursor } from './lists.ts'
export { ApiError, type KnownProblem, knownProblem } from './problem.ts'
export { PROBLEM_STATUSES, type ProblemCode } from './problem-codes.ts'
export * from './room.ts'
export type { Fetch, Retries } from './retry.ts'
export type { Socket, SocketClass } from './socket.ts'
