import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, shallowReactive } from 'vue'
import type { CallView } from '@/call'
import { call, MY_SEAT } from '../../shots/place'
import { untold, useCover } from './cover'

const screen = (covered: boolean, participant_id = MY_SEAT) => ({
  ...{ no: 7, kind: 'screen' as const, participant_id, turn: 0, zoom: 100, x: 5000, y: 5000, strokes: 0 },
  ...{ file_id: null, covered },
})
const view = (more: Partial<CallView> = {}): CallView =>
  shallowReactive({
    me: MY_SEAT,
    call: call({ stage: screen(false) }),
    screenStream: {} as MediaStream,
    screenCovered: false,
    ...more,
  }) as CallView

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('what the server has not heard', () => {
  it('is whether the own screen is covered', () => {
    expect(untold(view())).toBeNull()
    expect(untold(view({ screenCovered: true }))).toEqual({ call: view().call?.id, no: 7, covered: true })
    expect(untold(view({ call: call({ stage: screen(true) }) }))?.covered).toBe(false)
  })
  it('is nothing of what others show, or of what has ended', () => {
    const theirs = call({ stage: screen(false, 'another') })
    expect(untold(view({ screenCovered: true, call: theirs }))).toBeNull()
    expect(untold(view({ screenCovered: true, screenStream: null }))).toBeNull()
    expect(untold(view({ screenCovered: true, call: null }))).toBeNull()
  })
  it('is told until it is heard', async () => {
    const seen = view()
    const told: boolean[] = []
    const scope = effectScope()
    scope.run(() => {
      useCover(seen, (_call, _no, covered) => {
        told.push(covered)
        if (told.length === 1) return Promise.reject(new Error('no line'))
        seen.call = call({ stage: screen(covered) })
        return Promise.resolve()
      })
    })
    seen.screenCovered = true
    await nextTick()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toEqual([true, true])
    seen.screenCovered = false
    await nextTick()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toEqual([true, true, false])
    scope.stop()
  })
})
