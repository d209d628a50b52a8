import type { Editor } from '@tiptap/core'
import { isSafeImage } from '@tandem/schema'
import { useId, useRef, useState, type FormEvent } from 'react'
import { buttonClass } from '../../../ui/button-class.ts'
import { Dialog, DialogActions, DialogClose } from '../../../ui/dialog.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { linkAddress } from '../link-address.ts'

/** Asks for a picture's address and what it shows. */
export function ImageDialog({ editor, open, onClose }: { editor: Editor; open: boolean; onClose(): void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Insert an image"
      text="The picture stays where it is, and is shown from there."
    >
      <ImageForm
        onDone={(src, alt) => {
          onClose()
          editor.chain().focus().setImage({ src, alt }).run()
        }}
      />
    </Dialog>
  )
}

function ImageForm({ onDone }: { onDone(src: string, alt: string): void }) {
  const [refused, setRefused] = useState(false)
  const address = useRef<HTMLInputElement>(null)
  const alt = useRef<HTMLInputElement>(null)
  const id = useId()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const src = linkAddress(address.current?.value ?? '')
    if (isSafeImage(src)) onDone(src, alt.current?.value.trim() ?? '')
    else setRefused(true)
  }
  return (
    <form onSubmit={submit} className="mt-4 flex flex-col gap-3 text-sm font-medium">
      <div className="flex flex-col gap-1.5">
        <label htmlFor={`${id}-address`}>Address</label>
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
          That is not the address of a picture on the web.
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
