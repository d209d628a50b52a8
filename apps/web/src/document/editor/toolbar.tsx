import { Toolbar as BaseToolbar } from '@base-ui/react/toolbar'
import type { Editor } from '@tiptap/core'
import {
  Bold,
  Code,
  Italic,
  Link,
  List,
  ListOrdered,
  ListTodo,
  Minus,
  Redo2,
  SquareCode,
  Strikethrough,
  TextQuote,
  Underline,
  Undo2,
} from 'lucide-react'
import type { Ref } from 'react'
import { AlignMenu } from './align-menu.tsx'
import { ColourMenu } from './colour-menu.tsx'
import { formatState } from './format-state.ts'
import { MoreMenu } from './more-menu.tsx'
import { TableMenu } from './table-menu.tsx'
import { TextStyleMenu } from './text-style-menu.tsx'
import { ToolbarButton } from './toolbar-button.tsx'
import { useEditorState } from './use-editor-state.ts'
import { usePageFoot } from './use-page-foot.ts'

interface ToolbarProps {
  editor: Editor
  onEditLink(): void
  onFind(): void
  onShortcuts(): void
  ref?: Ref<HTMLDivElement>
}

/** Formatting in one slim row that scrolls sideways where it does not fit. Arrow keys move in it, Alt+F10 reaches it. */
export function Toolbar({ editor, onEditLink, onFind, onShortcuts, ref }: ToolbarProps) {
  const state = useEditorState(editor, formatState)
  const chain = () => editor.chain().focus()
  usePageFoot(editor)
  return (
    <BaseToolbar.Root
      ref={ref}
      aria-label="Formatting"
      disabled={!state.editable}
      onKeyDown={({ key }) => key === 'Escape' && editor.commands.focus()}
      className="toolbar-row mx-auto flex w-full max-w-[52rem] items-center gap-0.5 overflow-x-auto px-3 py-1 sm:px-6"
    >
      <ToolbarButton
        label="Undo"
        keys="Mod+Z"
        disabled={!state.canUndo}
        onRun={() => chain().undo().run()}
        icon={<Undo2 />}
      />
      <ToolbarButton
        label="Redo"
        keys="Mod+Shift+Z"
        disabled={!state.canRedo}
        onRun={() => chain().redo().run()}
        icon={<Redo2 />}
      />
      <Divider />
      <TextStyleMenu editor={editor} style={state.style} />
      <Divider />
      <ToolbarButton
        label="Bold"
        keys="Mod+B"
        pressed={state.bold}
        onRun={() => chain().toggleBold().run()}
        icon={<Bold />}
      />
      <ToolbarButton
        label="Italic"
        keys="Mod+I"
        pressed={state.italic}
        onRun={() => chain().toggleItalic().run()}
        icon={<Italic />}
      />
      <ToolbarButton
        label="Underline"
        keys="Mod+U"
        pressed={state.underline}
        onRun={() => chain().toggleUnderline().run()}
        icon={<Underline />}
      />
      <ToolbarButton
        label="Strikethrough"
        keys="Mod+Shift+X"
        pressed={state.strike}
        onRun={() => chain().toggleStrike().run()}
        icon={<Strikethrough />}
      />
      <ToolbarButton
        label="Code"
        keys="Mod+E"
        pressed={state.code}
        onRun={() => chain().toggleCode().run()}
        icon={<Code />}
      />
      <ToolbarButton label="Link" keys="Mod+K" pressed={state.link} onRun={onEditLink} icon={<Link />} />
      <ColourMenu
        editor={editor}
        text={state.textColour}
        highlight={state.highlight ? (state.highlightColour ?? 'yellow') : undefined}
      />
      <Divider />
      <AlignMenu editor={editor} alignment={state.alignment} />
      <ToolbarButton
        label="Bullet list"
        keys="Mod+Shift+8"
        pressed={state.bulletList}
        onRun={() => chain().toggleBulletList().run()}
        icon={<List />}
      />
      <ToolbarButton
        label="Numbered list"
        keys="Mod+Shift+7"
        pressed={state.orderedList}
        onRun={() => chain().toggleOrderedList().run()}
        icon={<ListOrdered />}
      />
      <ToolbarButton
        label="Task list"
        keys="Mod+Shift+9"
        pressed={state.taskList}
        onRun={() => chain().toggleTaskList().run()}
        icon={<ListTodo />}
      />
      <Divider />
      <ToolbarButton
        label="Quote"
        keys="Mod+Shift+B"
        pressed={state.blockquote}
        onRun={() => chain().toggleBlockquote().run()}
        icon={<TextQuote />}
      />
      <ToolbarButton
        label="Code block"
        keys="Mod+Alt+C"
        pressed={state.codeBlock}
        onRun={() => chain().toggleCodeBlock().run()}
        icon={<SquareCode />}
      />
      <TableMenu editor={editor} />
      <ToolbarButton label="Divider" onRun={() => chain().setHorizontalRule().run()} icon={<Minus />} />
      <MoreMenu editor={editor} onFind={onFind} onShortcuts={onShortcuts} />
    </BaseToolbar.Root>
  )
}

function Divider() {
  return <BaseToolbar.Separator className="mx-1.5 h-5 w-px shrink-0 bg-line" />
}
