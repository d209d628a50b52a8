import './app/ahead.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { startPageWorker } from './build/this-page.ts'
import './styles.css'
import './document/editor/prose.css'
import './document/editor/blocks.css'
import './document/editor/uploads/uploads.css'
import './document/first-screen/first-screen.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root.')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
startPageWorker()
