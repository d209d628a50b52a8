import { lazy, type ComponentType } from 'react'
import type * as Parts from './editor-parts.tsx'

const nothing = () => null

/** Around the text, and not needed to read and write it: when the chunk cannot be loaded the text is there without. */
function part<Name extends keyof typeof Parts>(name: Name) {
  type Part = (typeof Parts)[Name]
  return lazy<ComponentType<Parameters<Part>[0]>>(() =>
    import('./editor-parts.tsx').then(
      (parts) => ({ default: parts[name] as ComponentType<Parameters<Part>[0]> }),
      () => ({ default: nothing }),
    ),
  )
}

export const LazyParts = part('EditorParts')
export const LazyToolbar = part('Toolbar')
export const LazyBlockHandle = part('BlockHandle')
