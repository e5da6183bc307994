/** The devices that this computer has, by kind. */
import type { DeviceKind } from './choice'

export interface Device {
  readonly id: string
  /** Empty until the person has allowed a device of this kind once. */
  readonly label: string
}
export type DeviceList = Readonly<Record<DeviceKind, readonly Device[]>>

const KINDS: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  videoinput: 'camera',
  audioinput: 'microphone',
  audiooutput: 'speaker',
}
export const NO_DEVICES: DeviceList = { camera: [], microphone: [], speaker: [] }
/** Chromium lists the system's default twice more, under these names. */
const ALIASES = ['default', 'communications']

/** None where the browser lists no devices; nothing without an id, which is how a browser hides what is not allowed yet. */
export async function listDevices(): Promise<DeviceList> {
  const found = { camera: [] as Device[], microphone: [] as Device[], speaker: [] as Device[] }
  for (const one of await all())
    if (one.deviceId !== '' && !ALIASES.includes(one.deviceId))
      found[KINDS[one.kind]].push({ id: one.deviceId, label: one.label })
  return found
}

async function all(): Promise<MediaDeviceInfo[]> {
  try {
    return await navigator.mediaDevices.enumerateDevices()
  } catch {
    return []
  }
}

/** Calls back when something is plugged in or pulled out; returns how to stop. */
export function onDevicesChange(handler: () => void): () => void {
  const media = (navigator as { mediaDevices?: Partial<MediaDevices> }).mediaDevices
  media?.addEventListener?.('devicechange', handler)
  return () => media?.removeEventListener?.('devicechange', handler)
}
