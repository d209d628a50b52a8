import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { NewerBuild } from '../build/newer-build.tsx'
import { Toasts } from '../ui/toasts.tsx'
import { failureOf } from './failure.ts'
import { createAppRouter } from './router.tsx'
import { SignedIn } from './signed-in.tsx'

const RETRIES = 3

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always', // a server on this very machine can be reached without a network
      staleTime: 30_000,
      retry: (count, error) => count < RETRIES && failureOf(error).passing,
    },
    mutations: { networkMode: 'always' },
  },
})
const router = createAppRouter()
// While who this is is being asked: the page is then drawn at once. What goes wrong is the route's to say.
router.load().catch(() => undefined)

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <SignedIn>
        <RouterProvider router={router} />
      </SignedIn>
      <Toasts />
      <NewerBuild />
    </QueryClientProvider>
  )
}
