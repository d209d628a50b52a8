export type {
  Allowance,
  Charge,
  Contents,
  Context,
  ImportedText,
  Importer,
  People,
  SocketTicket,
  Tickets,
  User,
} from './context.ts'
export type { DocumentSummary } from './documents.ts'
export { errorShape, toSyncError, type SyncErrorData } from './error-shape.ts'
export { AppEvent, documentTopic, userTopic, type EventTopic } from './events.ts'
export type { Resync } from './event-queue.ts'
export { HOT_CALLS, type HotContext } from './hot-calls.ts'
export { PersonName, Title } from './input.ts'
export { LiveEvents, type Listener, type Listening } from './live-events.ts'
export {
  createCallerFactory,
  documentProcedure,
  expensiveProcedure,
  publicProcedure,
  roomProcedure,
  router,
  userProcedure,
  type ProcedureMeta,
} from './procedures.ts'
export { appRouter, type AppRouter } from './router.ts'
export type { SharedWith } from './sharing.ts'
