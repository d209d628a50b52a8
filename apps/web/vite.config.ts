import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { documentPage } from './scripts/document-page-plugin.ts'
import { pageChunks } from './scripts/page-chunks-plugin.ts'
import { serviceWorker } from './scripts/service-worker-plugin.ts'

/** The node that answers while the page is developed. */
const NODE = process.env['TANDEM_NODE'] ?? 'http://localhost:4000'

export default defineConfig({
  plugins: [react(), tailwindcss(), pageChunks(), documentPage(), serviceWorker()],
  // One of each in the page: two copies of Yjs or of ProseMirror's model cannot read each other's documents.
  resolve: { dedupe: ['react', 'react-dom', 'yjs', 'prosemirror-model', 'prosemirror-state', 'prosemirror-view'] },
  server: {
    port: 5173,
    // The Host header stays the page's own: a node refuses what another origin asks for.
    proxy: {
      '/api': { target: NODE },
      '/trpc': { target: NODE },
      '/live': { target: NODE, ws: true },
    },
  },
  build: {
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    // A content security policy without data: URLs stays possible.
    assetsInlineLimit: 0,
    manifest: true, // scripts/budget.ts reads it
    chunkSizeWarningLimit: 800,
  },
})
