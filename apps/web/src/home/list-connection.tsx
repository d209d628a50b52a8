import type { LiveConnection } from '@tandem/client'
import { useLiveConnection } from '@tandem/client/react'
import { CloudAlert, CloudOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { ConnectionAnnouncement } from '../app/connection-announcement.tsx'
import { useLasting } from '../app/use-lasting.ts'

/** Says that the list is not what the server has now, and why: nothing while it is. `trouble`: the answer to the last question for it. */
export function ListConnection({ trouble }: { trouble: string | undefined }) {
  const offline = useOffline()
  return (
    <>
      <ConnectionAnnouncement offline={offline} meanwhile="This is the list kept on this device." />
      {offline ? (
        <Line icon={<CloudOff />}>
          Offline. This is the list kept on this device; what you have opened here opens now, too.
        </Line>
      ) : (
        trouble !== undefined && (
          <Line icon={<CloudAlert />}>This is the list kept on this device. A newer one did not come: {trouble}</Line>
        )
      )}
    </>
  )
}

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className="mt-5 flex items-start gap-2 text-[0.8125rem] text-warn [&_svg]:mt-[0.1875rem] [&_svg]:size-3.5 [&_svg]:shrink-0">
      <span aria-hidden>{icon}</span>
      <span>{children}</span>
    </p>
  )
}

/** Not between two connections, nor while the first is being made: that may take a while without anything being wrong. */
function useOffline(): boolean {
  const connection: LiveConnection = useLiveConnection()
  const [wasLive, setWasLive] = useState(false)
  if (connection === 'live' && !wasLive) setWasLive(true)
  const isCut = useLasting(connection !== 'live')
  return connection === 'offline' || (isCut && wasLive)
}
