import { Popover } from '@base-ui/react/popover'
import type { Editor } from '@tiptap/core'
import clsx from 'clsx'
import { popupClass } from '../../../ui/popup-class.ts'
import { HeadingList } from './outline.tsx'
import type { DocumentFacts } from './use-document-facts.ts'

const WORDS_PER_MINUTE = 230

/** How long the document is; a click says more, and where there is no room for the outline has it too. */
export function WordCount({
  editor,
  facts: { words, characters, headings },
}: {
  editor: Editor
  facts: DocumentFacts
}) {
  if (words === 0) return null
  const number = (value: number) => value.toLocaleString()
  return (
    <Popover.Root>
      <Popover.Trigger className="fixed right-3 bottom-[calc(var(--foot)+0.75rem)] z-10 rounded-lg bg-canvas/90 px-2 py-1 text-xs text-ink-faint tabular-nums select-none hover:bg-hover hover:text-ink max-lg:rounded-full max-lg:border max-lg:border-line max-lg:bg-surface max-lg:px-3 max-lg:shadow-float pointer-coarse:py-2">
        {number(words)} {words === 1 ? 'word' : 'words'}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="top" align="end" sideOffset={6} collisionPadding={8} className="z-40">
          <Popover.Popup className={clsx(popupClass, 'w-64 max-w-[calc(100vw-1rem)] p-1.5')}>
            <Popover.Title className="sr-only">About this document</Popover.Title>
            <dl className="px-2.5 py-1.5 text-[0.8125rem] [&>div]:flex [&>div]:justify-between [&>div]:py-0.5 [&_dt]:text-ink-faint">
              <div>
                <dt>Words</dt>
                <dd>{number(words)}</dd>
              </div>
              <div>
                <dt>Characters</dt>
                <dd>{number(characters)}</dd>
              </div>
              <div>
                <dt>Reading time</dt>
                <dd>{number(Math.max(1, Math.round(words / WORDS_PER_MINUTE)))} min</dd>
              </div>
            </dl>
            {headings.length > 0 && (
              <nav
                aria-label="Headings"
                className="mt-1 max-h-[50dvh] overflow-y-auto border-t border-line pt-1.5 lg:hidden"
              >
                <HeadingList editor={editor} headings={headings} active={-1} />
              </nav>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
