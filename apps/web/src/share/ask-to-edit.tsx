import type { DocumentId } from '@tandem/sync'
import { AskButton } from './ask-button.tsx'
import { askedWords } from './share-words.ts'
import { useOwnRequest } from './use-request.ts'

/** For somebody who may read the document, in the line that says so. */
export function AskToEdit({ documentId }: { documentId: DocumentId }) {
  const { asked, isSending, ask } = useOwnRequest(documentId)
  if (asked === undefined) return null
  return (
    <>
      <output>{asked && askedWords(asked.role)}</output>
      <AskButton
        size="small"
        words={asked ? 'Take it back' : 'Ask to edit'}
        isSending={isSending}
        onAsk={() => ask(asked ? null : 'editor')}
      />
    </>
  )
}
