import { createClient } from '@tandem/client'
import { TandemProvider } from '@tandem/client/react'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { CloudOff } from 'lucide-react'
import { signIn } from '../account/sign-in.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Toasts } from '../ui/toasts.tsx'
import { failureOf } from './failure.ts'
import { LiveEvents } from './live-events.tsx'
import { createAppRouter } from './router.tsx'

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

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <SignedIn />
      <Toasts />
    </QueryClientProvider>
  )
}

/** Nothing opens a socket before the cookie is there: a socket keeps the login it was opened with. */
function SignedIn() {
  const start = useQuery({
    queryKey: ['start'],
    queryFn: async () => {
      const me = await signIn()
      queries.setQueryData(['me'], me)
      return createClient({ url: window.location.origin, schemaVersion: SCHEMA_VERSION, account: me.userId })
    },
    structuralSharing: false,
    staleTime: Infinity,
    gcTime: Infinity,
  })
  if (start.isError) {
    return (
      <main>
        <Notice alert icon={<CloudOff />} title="Tandem cannot be reached" text={failureOf(start.error).message}>
          <Button look="primary" onClick={() => void start.refetch()}>
            Try again
          </Button>
        </Notice>
      </main>
    )
  }
  if (!start.data) return <main aria-busy aria-label="Tandem is starting" />
  return (
    <TandemProvider client={start.data}>
      <LiveEvents />
      <RouterProvider router={router} />
    </TandemProvider>
  )
}
