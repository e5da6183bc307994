/** The live line as the port through which a call negotiates (`call/signalling.ts`). */
import type { Signalling } from '@/call/signalling'
import type { Live } from './socket'

export function signallingOver(live: Live): Signalling {
  return {
    send: (signal) => void live.send({ type: 'signal', ...signal }),
    report: (report) => void live.send({ type: 'media', ...report }),
    onSignal: (handler) => live.on('signal', handler),
    onReopen: (handler) => live.on('welcome', handler),
  }
}
