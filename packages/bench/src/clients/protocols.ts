import type { Protocol } from './client.ts'
import { plainProtocol } from './plain-client.ts'
import { socketIoProtocol } from './socket-io-client.ts'
import { tandemProtocol } from './tandem-client.ts'
import { hocuspocusProtocol, yWebsocketProtocol } from './yjs-client.ts'

export type ProtocolName = 'plain' | 'tandem' | 'hocuspocus' | 'y-websocket' | 'socket.io'

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  plain: plainProtocol,
  tandem: tandemProtocol,
  hocuspocus: hocuspocusProtocol,
  'y-websocket': yWebsocketProtocol,
  'socket.io': socketIoProtocol,
}
