/** The live line to the server: events into state documents, hints, and the port of calls. */
export { onHint } from './hints'
export { signallingOver } from './signalling'
export { createLive, tabName, type Line, type Live } from './socket'
export { applyEvent, createStateStore, type StateStore } from './store'
export type { StreamEvent } from './messages'
