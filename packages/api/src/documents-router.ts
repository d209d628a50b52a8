import { DocumentId } from '@tandem/sync'
import { z } from 'zod'
import {
  createDocument,
  importDocument,
  listDocuments,
  openDocument,
  removeDocument,
  renameDocument,
  setListed,
  setStar,
} from './documents.ts'
import { watchDocuments } from './document-changes.ts'
import { FileName, Markdown, Title } from './input.ts'
import { documentProcedure, expensiveProcedure, router, userProcedure } from './procedures.ts'

/** The list of documents. The model for every feature to come: typed procedures, and a typed live event for what they change. */
export const documentsRouter = router({
  /** What is mine, what I was given a role in and what I have opened, but for what I took off the list; the newest activity first, at most 1000, and whatever I have starred. */
  list: userProcedure.query(({ ctx }) => listDocuments(ctx)),

  create: userProcedure
    .input(z.strictObject({ title: Title.default('') }))
    .mutation(({ ctx, input }) => createDocument(ctx, { title: input.title, schemaVersion: ctx.schemaVersion })),

  /** A new document from a Markdown file, called after `title`, else the text's first heading, else the file. */
  import: expensiveProcedure
    .input(z.strictObject({ title: Title.optional(), fileName: FileName.optional(), markdown: Markdown }))
    .mutation(({ ctx, input }) => importDocument(ctx, input)),

  /** What a page asks when it opens a document; it is in the caller's list from then on. */
  get: documentProcedure('viewer')
    .input(z.strictObject({ documentId: DocumentId }))
    .query(({ ctx, input }) => openDocument(ctx, input.documentId)),

  rename: documentProcedure('editor')
    .input(z.strictObject({ documentId: DocumentId, title: Title }))
    .mutation(({ ctx, input }) => renameDocument(ctx, input)),

  /** The caller's own mark: it puts the document first in their list, and nobody else sees it. */
  setStar: documentProcedure('viewer')
    .input(z.strictObject({ documentId: DocumentId, isStarred: z.boolean() }))
    .mutation(({ ctx, input }) => setStar(ctx, input)),

  /** Takes what somebody else owns off the caller's list, and their star with it, or puts it back. Their role stays, and opening it brings it back. */
  setListed: documentProcedure('viewer')
    .input(z.strictObject({ documentId: DocumentId, isListed: z.boolean() }))
    .mutation(({ ctx, input }) => setListed(ctx, input)),

  delete: documentProcedure('owner')
    .input(z.strictObject({ documentId: DocumentId }))
    .mutation(({ ctx, input }) => removeDocument(ctx, input.documentId)),

  /**
   * Live events of the documents in my list. Starts with `{ name: 'resync' }` once nothing more can be missed, and says
   * it again whenever something may have been: fetch `list` anew each time.
   */
  changes: userProcedure.subscription(({ ctx, signal }) => watchDocuments(ctx, signal)),
})
