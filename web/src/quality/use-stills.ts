/** Sends stills while our rung of the ladder says so, and keeps the last still of each of the others. */
import { shallowReactive, watch } from 'vue'
import type { CallController } from '@/call'
import { Grabber } from './grab'
import { piecesOf, STILL_EVERY_MS, StillReader } from './stills'

/** Participant → address of the last still, for as long as no video comes from there. */
export type Stills = ReadonlyMap<string, string>

export function useStills(call: CallController): Stills {
  sendStills(call)
  const shown = shallowReactive(new Map<string, string>())
  const reader = new StillReader()
  const drop = (from: string): void => {
    const old = shown.get(from)
    if (old !== undefined) URL.revokeObjectURL(old)
    shown.delete(from)
  }
  call.onMessage((message) => {
    const jpeg = reader.read(message)
    if (jpeg === null) return
    drop(message.from)
    shown.set(message.from, URL.createObjectURL(new Blob([jpeg], { type: 'image/jpeg' })))
  })
  watch(
    () => call.view.remote,
    (remote) => {
      // A still beside a live picture would be an old one, and one of somebody who left belongs to nobody.
      const weak = remote.filter((one) => one.name === 'face' && one.weak).map((one) => one.participant)
      for (const from of shown.keys()) if (!weak.includes(from)) drop(from)
    },
  )
  return shown
}

function sendStills(call: CallController): void {
  const { view } = call
  let grabber: Grabber | null = null
  let timer: ReturnType<typeof setInterval> | undefined
  let number = 0
  async function send(): Promise<void> {
    if (view.localStream === null) return
    grabber ??= new Grabber()
    const jpeg = await grabber.grab(view.localStream)
    if (jpeg === null || timer === undefined) return
    number += 1
    for (const piece of piecesOf(jpeg, number)) call.say(piece)
  }
  watch(
    () => view.rung === 'stills' && view.phase === 'connected' && view.cameraOn && view.local.video !== null,
    (wanted) => {
      clearInterval(timer)
      timer = wanted ? setInterval(() => void send(), STILL_EVERY_MS) : undefined
      if (wanted) void send()
      else grabber?.release()
    },
    { immediate: true },
  )
}
