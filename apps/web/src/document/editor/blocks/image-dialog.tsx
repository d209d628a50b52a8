import type { Editor } from '@tiptap/core'
import { isSafeImage } from '@tandem/schema'
import { Upload } from 'lucide-react'
import { useId, useRef, useState, type FormEvent } from 'react'
import { buttonClass } from '../../../ui/button-class.ts'
import { Dialog, DialogActions, DialogClose } from '../../../ui/dialog.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { pictureAddress } from '../link-address.ts'
import { uploadPicked } from '../uploads/pick-files.ts'
import { otherHostOf, pictureHosts } from '../uploads/picture-hosts.ts'

/** Asks for a picture's address and what it shows. */
export function ImageDialog({ editor, open, onClose }: { editor: Editor; open: boolean; onClose(): void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Insert an image"
      text="From this device it becomes part of the document. From the web it stays where it is, and is shown from there."
    >
      <ImageForm
        onPick={(alt) => {
          onClose()
          void uploadPicked(editor, { asFile: false, alt })
        }}
        onDone={(src, alt) => {
          onClose()
          const host = otherHostOf(src, document.baseURI)
          if (host !== undefined) pictureHosts().allow(host) // who writes an address wants it asked
          editor.chain().focus().setImage({ src, alt }).run()
        }}
      />
    </Dialog>
  )
}

interface ImageFormProps {
  onPick(alt: string): void
  onDone(src: string, alt: string): void
}

function ImageForm({ onPick, onDone }: ImageFormProps) {
  const [refused, setRefused] = useState(false)
  const address = useRef<HTMLInputElement>(null)
  const alt = useRef<HTMLInputElement>(null)
  const id = useId()
  const words = () => alt.current?.value.trim() ?? ''
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const src = pictureAddress(address.current?.value ?? '')
    if (isSafeImage(src)) onDone(src, words())
    else setRefused(true)
  }
  return (
    <form onSubmit={submit} className="mt-4 flex flex-col gap-3 text-sm font-medium">
      <button type="button" className={buttonClass({ look: 'outline' }, 'w-full')} onClick={() => onPick(words())}>
        <Upload aria-hidden className="size-4" />
        Choose from this device
      </button>
      <div className="flex flex-col gap-1.5">
        <label htmlFor={`${id}-address`}>Or its address on the web</label>
        <TextField
          id={`${id}-address`}
          ref={address}
          inputMode="url"
          placeholder="https://"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={refused || undefined}
          aria-describedby={refused ? 'image-refused' : undefined}
          onChange={() => setRefused(false)}
        />
      </div>
      {refused && (
        <p id="image-refused" role="alert" className="-mt-1 text-xs font-normal text-danger">
          That is not the address of a picture on the web. One looks like https://example.org/picture.png
        </p>
      )}
      <div className="flex flex-col gap-1.5">
        <label htmlFor={`${id}-alt`}>What it shows, for people who cannot see it</label>
        <TextField id={`${id}-alt`} ref={alt} autoComplete="off" maxLength={300} />
      </div>
      <DialogActions className="mt-2">
        <DialogClose className={buttonClass({ look: 'outline' })}>Cancel</DialogClose>
        <button type="submit" className={buttonClass({ look: 'primary' })}>
          Insert
        </button>
      </DialogActions>
    </form>
  )
}
