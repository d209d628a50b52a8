import { Link } from '@tanstack/react-router'
import { CloudOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { buttonClass } from '../ui/button-class.ts'
import { Notice } from '../ui/notice.tsx'
import { DocumentSkeleton } from './document-skeleton.tsx'

/** This device's own copy, if there is one, is read within a moment: nothing is said before. */
const READ_WITHIN_MS = 600

/** There is no connection, and nothing of the document is here. It opens by itself when the connection is back. */
export function NotOnThisDevice() {
  const [isSure, setSure] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSure(true), READ_WITHIN_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!isSure) return <DocumentSkeleton progress={0} />
  return (
    <Notice
      alert
      icon={<CloudOff />}
      title="This document is not on this device"
      text="There is no connection to the server, and this browser has not opened the document before. It opens here as soon as the connection is back."
    >
      <Link to="/" className={buttonClass({ look: 'primary' })}>
        Go to your documents
      </Link>
    </Notice>
  )
}
