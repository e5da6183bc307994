/**
 * When the ladder has no more steps: below the last one only a callback is left (`call/ladder.ts`). It is offered by itself
 * once the line has stayed there for a while, and not to who chose that rung: such a person wants it so.
 */
import { onBeforeUnmount, readonly, ref, watch, type Ref } from 'vue'
import type { CallView, Quality, Rung } from '@/call'
import type { Line } from './line'

/** So long the line must have stayed down. Milliseconds. */
export const OFFER_AFTER_MS = 20_000
/** So long it must have been better before the offer goes: words that come and go are worse than none. Milliseconds. */
export const BETTER_FOR_MS = 10_000

/** Whether nothing is left to step down to: stills, or a voice whose line is poor all the same. */
export function isAtTheEnd(rung: Rung, chosen: boolean, ours: Quality | null): boolean {
  if (chosen) return false
  return rung === 'stills' || (rung === 'voice' && ours === 'poor')
}

export class LastRung {
  offered = false
  private changing: number | null = null

  /** Reads whether the line is at its end; `now` in milliseconds of any clock that only goes on. */
  read(atTheEnd: boolean, now: number): boolean {
    if (atTheEnd === this.offered) this.changing = null
    else {
      this.changing ??= now
      if (now - this.changing >= (atTheEnd ? OFFER_AFTER_MS : BETTER_FOR_MS)) {
        this.offered = atTheEnd
        this.changing = null
      }
    }
    return this.offered
  }
}

/** Whether a callback is to be offered in this call. */
export function useLastRung(view: CallView, line: Line): Readonly<Ref<boolean>> {
  const offered = ref(false)
  let rung = new LastRung()
  const look = (): void => {
    offered.value = rung.read(isAtTheEnd(view.rung, view.rungChosen, line.ours), performance.now())
  }
  const timer = setInterval(look, 1000)
  onBeforeUnmount(() => clearInterval(timer))
  watch(
    () => view.call?.id,
    () => {
      rung = new LastRung()
      look()
    },
  )
  return readonly(offered)
}
