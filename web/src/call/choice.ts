/** Which camera, microphone and speaker this device's people chose last. Kept in this browser only. */
import { readStored, readStoredJson, writeStored, writeStoredJson } from '@/ui/stored'
import type { DeviceChoice } from './devices'

export type DeviceKind = 'camera' | 'microphone' | 'speaker'
export type Chosen = Partial<Readonly<Record<DeviceKind, string>>>

const STORED = 'devices'
/** For this visit only: who has a camera today may show it tomorrow. */
const VOICE_ONLY = 'voice-only'

export function chosen(): Chosen {
  const stored = readStoredJson<unknown>(STORED)
  if (typeof stored !== 'object' || stored === null) return {}
  const known = Object.entries(stored).filter(([, id]) => typeof id === 'string' && id !== '')
  return Object.fromEntries(known) as Chosen
}

/** An empty id takes the choice back: the browser's own default is used again. */
export function choose(kind: DeviceKind, id: string): void {
  const rest = Object.entries(chosen()).filter(([one]) => one !== kind)
  writeStoredJson(STORED, Object.fromEntries(id === '' ? rest : [...rest, [kind, id]]))
}

export const voiceOnly = (): boolean => readStored(VOICE_ONLY, 'tab') === '1'
export function setVoiceOnly(on: boolean): void {
  writeStored(VOICE_ONLY, on ? '1' : null, 'tab')
}

/** What a call opens when nothing else is said. */
export function usualChoice(): DeviceChoice {
  const { camera, microphone } = chosen()
  return {
    audio: true,
    video: !voiceOnly(),
    ...(camera !== undefined && { cameraId: camera }),
    ...(microphone !== undefined && { microphoneId: microphone }),
  }
}
