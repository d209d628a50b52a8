import { createClient, type TandemClient } from '@tandem/client'
import { TandemProvider } from '@tandem/client/react'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { Ban, CloudOff } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { rememberedMe } from '../account/remembered-me.ts'
import type { Me } from '../account/sign-in.ts'
import { askWhoIAm, startAs } from '../account/start-as.ts'
import { FirstScreenPlace } from '../document/first-screen/first-screen-place.tsx'
import { firstScreenHere } from '../document/first-screen/first-screen.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { warn } from '../ui/toast-store.ts'
import { failureOf } from './failure.ts'
import { keepDocuments } from './kept-documents.ts'
import { LeftWork } from './left-work.tsx'
import { LiveEvents } from './live-events.tsx'

interface Started {
  readonly client: TandemClient
  readonly me: Me
  readonly isRemembered: boolean
}

const START = ['start']
const ASK_AGAIN_MS = 1_000
const ASK_AGAIN_MAX_MS = 30_000

/**
 * Nothing opens a socket before the cookie is there: a socket keeps the login it was opened with. Without a server the
 * page starts as whom it remembers, with what is on this device, and asks until it is answered.
 */
export function SignedIn({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const start = useQuery({
    queryKey: START,
    queryFn: async () => {
      const { me, isRemembered } = await startAs()
      return begin(queries, me, isRemembered)
    },
    structuralSharing: false,
    staleTime: Infinity,
    gcTime: Infinity,
  })
  useConfirmed(start.data)
  const userId = start.data?.me.userId
  useEffect(() => (userId === undefined ? undefined : keepDocuments(queries, userId)), [queries, userId])
  if (start.isError) {
    const { code, message } = failureOf(start.error)
    const title = code === 'not-signed-in' ? 'You cannot come in' : 'Tandem cannot be reached'
    return (
      <main>
        <Notice alert icon={code === 'not-signed-in' ? <Ban /> : <CloudOff />} title={title} text={message}>
          <Button look="primary" onClick={() => void start.refetch()}>
            Try again
          </Button>
        </Notice>
      </main>
    )
  }
  if (!start.data) return <Starting />
  return (
    <TandemProvider client={start.data.client}>
      <LiveEvents />
      <LeftWork />
      {children}
    </TandemProvider>
  )
}

function Starting() {
  const [screen, setScreen] = useState(firstScreenOfRemembered)
  useEffect(() => {
    const follow = () => setScreen(firstScreenOfRemembered)
    window.addEventListener('popstate', follow)
    return () => window.removeEventListener('popstate', follow)
  }, [])
  return (
    <main aria-busy aria-label="Tandem is starting">
      {screen && <FirstScreenPlace screen={screen} />}
    </main>
  )
}

const firstScreenOfRemembered = () => firstScreenHere(rememberedMe()?.userId)

function begin(queries: QueryClient, me: Me, isRemembered: boolean): Started {
  queries.setQueryData(['me'], me)
  const client = createClient({ url: window.location.origin, schemaVersion: SCHEMA_VERSION, account: me.userId })
  return { client, me, isRemembered }
}

/** Asks the server who this is when it was not there to say so. Somebody else by now: their own work, not the other's. */
function useConfirmed(started: Started | undefined): void {
  const queries = useQueryClient()
  const { data: confirmed } = useQuery({
    queryKey: ['confirmed'],
    queryFn: askWhoIAm,
    enabled: started?.isRemembered === true,
    staleTime: Infinity,
    retry: true,
    retryDelay: (attempt) => Math.min(ASK_AGAIN_MAX_MS, ASK_AGAIN_MS * 2 ** attempt),
  })
  useEffect(() => {
    if (started?.isRemembered !== true || confirmed === undefined) return
    if (confirmed.userId === started.me.userId) {
      queries.setQueryData(['me'], confirmed)
      queries.setQueryData(START, { ...started, me: confirmed, isRemembered: false })
      return
    }
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] === 'documents' || queryKey[0] === 'document' })
    queries.setQueryData(START, begin(queries, confirmed, false))
    void started.client.close()
    warn(
      'This browser is signed in as somebody else now',
      `You are ${confirmed.name}. What ${started.me.name} wrote and has not saved stays on this device.`,
    )
  }, [started, confirmed, queries])
}
