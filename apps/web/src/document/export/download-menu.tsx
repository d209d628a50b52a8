import { useDocumentHandle } from '@tandem/client/react'
import type { DocumentId } from '@tandem/sync'
import { Download, FileCode2, FileText, FileType, Printer, Text } from 'lucide-react'
import { failureOf } from '../../app/failure.ts'
import { isMissingChunk } from '../../app/missing-chunk.ts'
import { download } from '../../ui/download.ts'
import { fileName } from '../../ui/file-name.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { say, warn } from '../../ui/toast-store.ts'
import type { ExportFormat } from './export-document.ts'

interface DownloadMenuProps {
  documentId: DocumentId
  title: string
}

const FORMATS = [
  { format: 'docx', label: 'Word', icon: <FileType /> },
  { format: 'html', label: 'Web page', icon: <FileCode2 /> },
  { format: 'md', label: 'Markdown', icon: <FileText /> },
  { format: 'txt', label: 'Plain text', icon: <Text /> },
] as const

/** The document as a file, of what is open here; also without a connection. */
export function DownloadMenu({ documentId, title }: DownloadMenuProps) {
  const { doc } = useDocumentHandle(documentId)

  const take = async (format: ExportFormat) => {
    try {
      const { exportDocument } = await import('./export-document.ts')
      const { extension, file } = await exportDocument(doc, format, { title, base: window.location.href })
      download(fileName(title, extension), file)
      say('Downloaded')
    } catch (error) {
      const why = isMissingChunk(error)
        ? 'The part of the page that writes this kind of file could not be loaded. Try again with a connection.'
        : failureOf(error).message
      warn('The document was not downloaded', why)
    }
  }

  return (
    <Menu
      trigger={
        <IconButton label="Download">
          <Download aria-hidden className="size-4.5" />
        </IconButton>
      }
    >
      {FORMATS.map(({ format, label, icon }) => (
        <MenuItem key={format} icon={icon} onClick={() => void take(format)}>
          <span className="flex-1">{label}</span>
          <span className="pl-6 text-xs text-ink-faint">.{format}</span>
        </MenuItem>
      ))}
      <MenuSeparator />
      {/* After the menu has gone, or it would be on the paper. */}
      <MenuItem icon={<Printer />} onClick={() => setTimeout(() => window.print(), 200)}>
        Print, or save as PDF
      </MenuItem>
    </Menu>
  )
}
