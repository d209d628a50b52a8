import { Link } from '@tanstack/react-router'
import { FileQuestion } from 'lucide-react'
import { buttonClass } from '../ui/button-class.ts'
import { Notice } from '../ui/notice.tsx'

export function NoSuchPage() {
  return (
    <main>
      <Notice
        icon={<FileQuestion />}
        title="There is no page here"
        text="The address may be incomplete. Your documents are on the home page."
      >
        <Link to="/" className={buttonClass({ look: 'primary' })}>
          Go to your documents
        </Link>
      </Notice>
    </main>
  )
}
