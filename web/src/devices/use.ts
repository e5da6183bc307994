/** Devices for a page that has no call: the same rules as in one, and nobody sees or hears it. */
import { onBeforeUnmount, ref, shallowReactive, shallowRef, watch, type Ref } from 'vue'
import {
  createLevel,
  listDevices,
  MOST_KBPS,
  nothingOpen,
  NO_DEVICES,
  onDevicesChange,
  OwnMedia,
  ownServer,
  readLine,
  verdictOf,
  type DeviceList,
  type Level,
  type LineReading,
  type OwnMediaView,
  type Quality,
} from '@/call'

/** Opened by the page, let go of when it leaves. */
export function useOwnDevices(): { own: OwnMedia; view: OwnMediaView } {
  const view = shallowReactive(nothingOpen())
  const ignore = (): void => undefined
  const own = new OwnMedia(view, { onFace: ignore, onScreen: ignore, onPaused: ignore })
  onBeforeUnmount(() => {
    own.close()
  })
  return { own, view }
}

/** How often a level is read, in milliseconds: as fast as an eye follows a bar. */
const READ_MS = 100

/** How loud a track is now, 0…`bars`, and whether it has been heard at all. */
export function useMeter(
  track: () => MediaStreamTrack | null,
  bars: number,
): { level: Ref<number>; heard: Ref<boolean> } {
  const level = ref(0)
  const heard = ref(false)
  let meter: Level | null = null
  const timer = setInterval(() => {
    level.value = meter === null ? 0 : Math.round(meter.read() * bars)
    // breath and hum of a room stay below a third of the scale
    if (level.value > bars / 3) heard.value = true
  }, READ_MS)
  watch(
    track,
    (now) => {
      meter?.close()
      meter = now === null ? null : createLevel(now)
      heard.value = false
    },
    { immediate: true },
  )
  onBeforeUnmount(() => {
    clearInterval(timer)
    meter?.close()
  })
  return { level, heard }
}

/** What this computer has; labels come once a device has been allowed, so it is listed anew when `opened` changes. */
export function useDeviceList(opened: () => unknown): Ref<DeviceList> {
  const list = shallowRef(NO_DEVICES)
  const look = async (): Promise<void> => {
    list.value = await listDevices()
  }
  watch(opened, () => void look(), { immediate: true })
  onBeforeUnmount(onDevicesChange(() => void look()))
  return list
}

export interface LineCheck {
  readonly reading: LineReading
  readonly verdict: Quality | null
}

/** Megabits a second, for people. */
export const speedOf = (kbps: number): string =>
  kbps >= MOST_KBPS ? `${String(MOST_KBPS / 1000)}+` : (kbps / 1000).toFixed(1)

/**
 * The line to the server, read once at the beginning and when asked again; null while it is being read. `onRead` is told
 * of each reading, also of one that comes when its page is gone.
 */
export function useLineCheck(onRead: (reading: LineReading) => void = () => undefined): {
  line: Ref<LineCheck | null>
  checkLine: () => Promise<void>
} {
  const line = shallowRef<LineCheck | null>(null)
  const checkLine = async (): Promise<void> => {
    line.value = null
    const reading = await readLine(ownServer)
    onRead(reading)
    line.value = { reading, verdict: verdictOf(reading) }
  }
  void checkLine()
  return { line, checkLine }
}
