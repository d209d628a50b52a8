import { useState } from 'react'

interface ConnectionAnnouncementProps {
  offline: boolean
  /** What is so meanwhile. */
  meanwhile: string
  /** Whatever the connection. */
  also?: string | undefined
}

/** Losing and regaining the connection, for screen readers. It is there from the start: they watch only what they have seen. */
export function ConnectionAnnouncement({ offline, meanwhile, also }: ConnectionAnnouncementProps) {
  const [everOffline, setEverOffline] = useState(offline)
  if (offline && !everOffline) setEverOffline(true)
  return (
    <p aria-live="polite" className="sr-only">
      {offline ? `The connection is lost. ${meanwhile}` : everOffline && 'Connected again.'}
      {also && ` ${also}`}
    </p>
  )
}
