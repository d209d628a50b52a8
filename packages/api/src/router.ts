import { documentRouter } from './document-router.ts'
import { documentsRouter } from './documents-router.ts'
import { meRouter } from './me-router.ts'
import { router } from './procedures.ts'
import { sharingRouter } from './sharing-router.ts'

/** Everything a browser can ask a node. A feature adds its router here. */
export const appRouter = router({
  document: documentRouter,
  documents: documentsRouter,
  me: meRouter,
  sharing: sharingRouter,
})
export type AppRouter = typeof appRouter
