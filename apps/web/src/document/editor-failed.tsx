import { TriangleAlert } from 'lucide-react'
import { isMissingChunk } from '../app/missing-chunk.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

/** The editor broke, the document did not: what was typed is kept and goes on being sent. */
export function EditorFailed({ error, onAgain }: { error: Error; onAgain(): void }) {
  const outdated = isMissingChunk(error)
  return (
    <Notice
      alert
      icon={<TriangleAlert />}
      title={outdated ? 'The editor did not load' : 'The editor stopped working'}
      text={
        outdated
          ? 'There may be a newer version of Tandem, or no connection. Reload to try again; nothing you typed is lost.'
          : `What you typed is kept and goes on being saved. (${error.message})`
      }
    >
      {!outdated && (
        <Button look="primary" onClick={onAgain}>
          Open the editor again
        </Button>
      )}
      <Button look={outdated ? 'primary' : 'outline'} onClick={() => window.location.reload()}>
        Reload the page
      </Button>
    </Notice>
  )
}
