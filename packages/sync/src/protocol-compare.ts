import { z } from 'zod'
import { DocumentId, Epoch, Seq } from './protocol.ts'

/** [DIV-3] What a replica shows of a document, and through which seq it has read it. */
export const ComparedContent = z.strictObject({
  documentId: DocumentId,
  epoch: Epoch,
  seq: Seq,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})
export type ComparedContent = z.infer<typeof ComparedContent>

/** unknown: the log stands elsewhere, or the server has better things to do. */
export const ContentVerdict = z.enum(['same', 'other', 'unknown'])
export type ContentVerdict = z.infer<typeof ContentVerdict>
