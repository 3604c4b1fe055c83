/** Client of a call's room: docs/rooms.md describes the messages and their order. */
export { type Rejection } from './signaling/closing.ts'
export {
  connectToRoom,
  type Link,
  type RoomConnection,
  type RoomListener,
  type RoomOptions,
} from './signaling/connection.ts'
export type * from './signaling/messages.ts'
