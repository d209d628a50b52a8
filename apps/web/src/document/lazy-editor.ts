import { lazy } from 'react'

/** The editor's chunk. Rejects when it cannot be loaded: no network, or a newer version of the page has replaced it. */
export const loadEditor = () => import('./editor/editor-surface.tsx')

export const LazyEditor = lazy(async () => ({ default: (await loadEditor()).EditorSurface }))
