import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useApi } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { buttonClass } from '../ui/button-class.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions, DialogClose } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import { say } from '../ui/toast-store.ts'
import { checkPersonName } from './person-name.ts'
import type { Me } from './sign-in.ts'

interface NameDialogProps {
  open: boolean
  onClose(): void
  name: string
}

export function NameDialog({ open, onClose, name }: NameDialogProps) {
  const api = useApi()
  const queries = useQueryClient()
  const [typed, setTyped] = useState(name)
  const [refused, setRefused] = useState<string>()
  const rename = useMutation({
    mutationFn: (next: string) => api.me.rename.mutate({ name: next }),
    onSuccess: (me) => {
      queries.setQueryData<Me>(['me'], me)
      say(`You are ${me.name} now`)
      onClose()
    },
    onError: (error) => setRefused(failureOf(error).message),
  })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const checked = checkPersonName(typed)
    if (!checked.ok) setRefused(checked.reason)
    else if (checked.name === name) onClose()
    else rename.mutate(checked.name)
  }

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Your name"
      text="People see it next to your caret and in the list of those who are here."
    >
      <form onSubmit={submit}>
        <TextField
          aria-label="Your name"
          aria-invalid={refused !== undefined}
          aria-describedby={refused && 'name-refused'}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setRefused(undefined)
          }}
          onFocus={(event) => event.target.select()}
          autoComplete="nickname"
          className="mt-4"
        />
        {refused && (
          <p id="name-refused" role="alert" className="mt-1.5 text-sm text-danger">
            {refused}
          </p>
        )}
        <DialogActions>
          <DialogClose className={buttonClass({ look: 'outline' })}>Cancel</DialogClose>
          <Button type="submit" look="primary" disabled={rename.isPending}>
            Save name
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
