export { emptyCheck, nextCheck, pushHash } from './check.ts'
export { ContentCheck, type CheckedReplica, type ContentCheckPorts } from './content-check.ts'
export { contentDigest } from './content-digest.ts'
export { ComparedContent, ContentVerdict } from './protocol-compare.ts'
export { goesOn } from './edit-parts.ts'
export { binaryEncoder, type BinaryEncoder } from './encoder.ts'
export { ERRORS, SyncError, asSyncError, isErrorCode, type ErrorCode, type ErrorPlan, type Then } from './errors.ts'
export { Packed } from './pack.ts'
export { readPresence, readPush } from './hot-input.ts'
export { mergedUpdates, structsIn } from './merged-updates.ts'
export { LIMITS, type Limits } from './limits.ts'
export {
  PROTOCOL_VERSION,
  DocumentId,
  ReplicaId,
  SessionId,
  UserId,
  NodeId,
  Epoch,
  Seq,
  Check,
  PushId,
  Bytes,
  ROLES,
  Role,
  ResumeToken,
  Position,
  Caret,
  Person,
  PresenceEntry,
  PresenceChange,
  Join,
  Push,
  Pushed,
  Presence,
  Welcome,
  Snapshot,
  LiveEvent,
  Changes,
  Frame,
  RelayMessage,
} from './protocol.ts'
export type {
  Head,
  NewRow,
  LogRow,
  StoredSnapshot,
  OpenedLog,
  LogSlice,
  AppendOutcome,
  UpdateLog,
  Access,
  Topic,
  Subscription,
  Relay,
  Clock,
  Chance,
  Compactor,
  Gate,
  AbortSignalLike,
  Author,
  Meter,
  MeterCount,
  MeterTime,
  Link,
} from './ports.ts'
export type { ReplicaStore, SetAside, StoredReplica, Unsent } from './replica-store.ts'
export type { LeftWork, TabMessage, Tabs } from './tab-sharing.ts'
export type { FramesOptions, Lane, LaneSource } from './lane.ts'
export { MemoryLog, greaterRole, type MemoryDisk } from './memory-log.ts'
export { MemoryRelay, MemoryRelayHub } from './memory-relay.ts'
export { colorOf } from './presence-board.ts'
export { slotMsOf, withSlot } from './reconnect-slot.ts'
export { Replica } from './replica.ts'
export type { ReplicaOptions, ReplicaPorts } from './replica-options.ts'
export type { ReplicaView } from './replica-view.ts'
export type { SaveTrace, SaveWaits } from './save-traces.ts'
export type { UpdateContents } from './update-contents.ts'
export { Rooms, type RoomsPorts, type RoomsStats } from './rooms.ts'
