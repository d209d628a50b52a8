import { Dialog } from '../../ui/dialog.tsx'
import { COLUMN_KEYS, shortcutText } from './shortcut.ts'

const SHORTCUTS: readonly (readonly [group: string, keys: readonly (readonly [what: string, keys: string])[]])[] = [
  [
    'Text',
    [
      ['Bold', 'Mod+B'],
      ['Italic', 'Mod+I'],
      ['Underline', 'Mod+U'],
      ['Strikethrough', 'Mod+Shift+X'],
      ['Code', 'Mod+E'],
      ['Highlight', 'Mod+Shift+H'],
      ['Link', 'Mod+K'],
    ],
  ],
  [
    'Blocks',
    [
      ['Text, heading 1 to 3', 'Mod+Alt+0…3'],
      ['Numbered, bullet, task list', 'Mod+Shift+7…9'],
      ['Quote', 'Mod+Shift+B'],
      ['Code block', 'Mod+Alt+C'],
      ['Left, centre, right', 'Mod+Shift+L/E/R'],
      ['Indent, outdent in lists', 'Tab, Shift+Tab'],
      ['Tick a task', 'Mod+Enter'],
      ['Move a block or row', 'Alt+Shift+↑/↓'],
      ['Move a column of a table', `${COLUMN_KEYS}+←/→`],
      ['Duplicate', 'Mod+D'],
      ['Select blocks', 'Esc, Shift+↑/↓'],
    ],
  ],
  [
    'Type',
    [
      ['Insert a block', '/'],
      ['Person or document', '@'],
      ['Emoji', ':'],
      ['Heading, list, task', '#  -  1.  [ ]'],
      ['Quote, callout, code', '>  :::  ```'],
      ['Bold, italic, highlight', '**  _  =='],
      ['Formula', '$x$  $$'],
      ['Table, divider', '|--|  ---'],
    ],
  ],
  [
    'Page',
    [
      ['Undo, redo', 'Mod+Z, Mod+Shift+Z'],
      ['Find and replace', 'Mod+F'],
      ['To the toolbar', 'Alt+F10'],
      ['This list', 'Mod+/'],
    ],
  ],
]

/** Every key, and every sign that becomes something. */
export function ShortcutSheet(props: { open: boolean; onClose(): void; returnFocus: () => HTMLElement }) {
  return (
    <Dialog {...props} title="Keyboard shortcuts" size="wide">
      <section
        aria-label="All shortcuts"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so keys must reach it
        tabIndex={0}
        className="mt-3 grid max-h-[60dvh] gap-x-8 gap-y-5 overflow-y-auto sm:grid-cols-2"
      >
        {SHORTCUTS.map(([group, keys]) => (
          <section key={group} aria-label={group}>
            <h3 className="text-xs font-medium text-ink-faint">{group}</h3>
            <dl className="mt-1">
              {keys.map(([what, combination]) => (
                <div
                  key={what}
                  className="flex items-baseline justify-between gap-4 border-b border-line py-1.5 text-sm last:border-0"
                >
                  <dt>{what}</dt>
                  <dd className="shrink-0 text-xs text-ink-soft">
                    <kbd className="font-sans">
                      {combination
                        .split(', ')
                        .map((keys) => shortcutText(keys))
                        .join(', ')}
                    </kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </section>
    </Dialog>
  )
}
