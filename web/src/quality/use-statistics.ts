/** Tells the server what this page measures of its call: every minute, when it is over, and when the page goes away. */
import { watch } from 'vue'
import type { CallController, CallView } from '@/call'
import { Statistics, type Report } from './statistics'

export const REPORT_EVERY_MS = 60_000

/** Sends a report; `leaving`: the page may be gone before the answer. What is lost is made good by the next one. */
export type SendReport = (call: string, report: Report, leaving: boolean) => Promise<unknown>

interface Measured {
  readonly call: string
  readonly attempt: number
}

/** Our place in the call while we hold it: a reload and another tab are other attempts. */
function placeOf(view: CallView): Measured | null {
  if (!['connecting', 'connected', 'interrupted'].includes(view.phase)) return null
  const mine = view.call?.participants.find((one) => one.id === view.me)
  return view.call === null || mine === undefined ? null : { call: view.call.id, attempt: mine.attempt }
}

export function useStatistics(
  call: Pick<CallController, 'view'>,
  send: SendReport,
  now = (): number => performance.now(),
): void {
  const { view } = call
  let measured: Measured | null = null
  let statistics: Statistics | null = null
  let joiningAt: number | null = null
  let timer: ReturnType<typeof setInterval> | undefined

  function report(over: boolean): void {
    if (measured === null || statistics === null) return
    const body = statistics.report(measured.attempt, view.devices, now(), over)
    void send(measured.call, body, over).catch(() => undefined)
  }
  function begin(place: Measured): void {
    measured = place
    statistics = new Statistics(joiningAt ?? now())
    joiningAt = null
    statistics.onRung(view.rung)
    timer = setInterval(() => {
      report(false)
    }, REPORT_EVERY_MS)
    window.addEventListener('pagehide', leave)
  }
  function finish(): void {
    report(true)
    clearInterval(timer)
    window.removeEventListener('pagehide', leave)
    measured = statistics = null
  }
  const leave = (): void => {
    report(true)
  }
  watch(
    () => view.phase,
    (phase) => {
      if (phase === 'joining') joiningAt = now()
    },
    { flush: 'sync' },
  )
  watch(
    () => placeOf(view),
    (place) => {
      if (place?.call === measured?.call && place?.attempt === measured?.attempt) return
      if (measured !== null) finish()
      if (place !== null) begin(place)
    },
  )
  watch(
    () => view.stats,
    (stats) => {
      if (stats !== null) statistics?.read(stats, now())
      if (view.phase === 'connected') statistics?.connected(now())
    },
  )
  watch(
    () => view.rung,
    (rung) => statistics?.onRung(rung),
  )
}
