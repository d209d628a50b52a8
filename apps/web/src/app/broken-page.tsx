import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { buttonClass } from '../ui/button-class.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { failureOf } from './failure.ts'
import { isMissingChunk } from './missing-chunk.ts'

/** A page that threw. Anything typed is with the client, not with the page. */
export function BrokenPage({ error }: ErrorComponentProps) {
  const router = useRouter()
  const outdated = isMissingChunk(error)
  return (
    <main>
      <Notice
        alert
        icon={<TriangleAlert />}
        title={outdated ? 'A part of this page did not load' : 'This page stopped working'}
        text={
          outdated
            ? 'There may be a newer version of Tandem, or no connection. Reload to try again.'
            : `What you typed is kept in this browser. (${failureOf(error).message})`
        }
      >
        {outdated ? (
          <Button look="primary" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        ) : (
          <Button look="primary" onClick={() => void router.invalidate()}>
            Try again
          </Button>
        )}
        <a href="/" className={buttonClass({ look: 'outline' })}>
          Go to your documents
        </a>
      </Notice>
    </main>
  )
}
