import { Button } from '../ui/button.tsx'

interface AskButtonProps {
  look?: 'primary' | 'outline'
  size?: 'small' | 'medium'
  words: string
  isSending: boolean
  onAsk(): void
}

/** One button whatever it says, which can be pressed again and again: who pressed it with a key stays on it. */
export function AskButton({ look = 'outline', size = 'medium', words, isSending, onAsk }: AskButtonProps) {
  return (
    <Button
      look={look}
      size={size}
      aria-disabled={isSending || undefined}
      className="aria-disabled:opacity-50"
      onClick={() => {
        if (!isSending) onAsk()
      }}
    >
      {words}
    </Button>
  )
}
