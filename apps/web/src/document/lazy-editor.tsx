import { useEffect, useState, type ComponentProps } from 'react'
import { DocumentSkeleton } from './document-skeleton.tsx'
import type * as Surface from './editor/editor-surface.tsx'

let loaded: typeof Surface | undefined

/** The editor's chunk. Rejects when it cannot be loaded: no network, or a newer version of the page has replaced it. */
export async function loadEditor(): Promise<typeof Surface> {
  return (loaded ??= await import('./editor/editor-surface.tsx'))
}

/**
 * The editor as soon as its code is here; throws what kept it from coming. Without Suspense: React shows what a boundary waited for
 * 300 ms after what was shown meanwhile, so that nothing flickers, and the text is what everybody waits for.
 */
export function LazyEditor(props: ComponentProps<typeof Surface.EditorSurface>) {
  const [surface, setSurface] = useState(loaded)
  const [failed, setFailed] = useState<Error>()
  useEffect(() => {
    if (surface !== undefined) return
    let isGone = false
    loadEditor().then(
      (module) => isGone || setSurface(module),
      (error: unknown) => isGone || setFailed(error instanceof Error ? error : new Error(String(error))),
    )
    return () => void (isGone = true)
  }, [surface])
  if (failed) throw failed
  return surface ? <surface.EditorSurface {...props} /> : <DocumentSkeleton progress={1} />
}
