/**
 * The stage of a call as a page shows it: what is on it, how it is looked at, and what is drawn. The server's word counts
 * (`call.stage` of the state document, and the events of the drawing); between pages a hand is followed while it moves.
 */
import { shallowReactive, watch } from 'vue'
import type { components } from '@/api/schema'
import type { CallController, HeardMessage } from '@/call'
import { PLAIN, type Look, type Point } from './geometry'
import type { Stroke } from './ink'
import { readGone, readInk, readLook, readPoint, TOPIC } from './talk'

export type StageState = components['schemas']['StageView']
export type StrokeList = components['schemas']['StrokeList']

export interface BoardView {
  stage: StageState | null
  look: Look
  /** Strokes that the server keeps, in order. */
  kept: readonly Stroke[]
  /** Strokes that somebody is drawing now, or that the server has not confirmed yet. */
  wet: readonly Stroke[]
  pointer: Point | null
}

export interface BoardOptions {
  readonly call: CallController
  /** Strokes of the stage after an event of the session. */
  readonly read: (call: string, after: number) => Promise<StrokeList>
}

/** A pointer that has not moved for so long is taken away. Milliseconds. */
export const POINTER_MS = 2000
/** A stroke that neither grows nor is confirmed for so long was never finished. Milliseconds. */
export const WET_MS = 15_000
const TRY_AGAIN_MS = 2000

export class Board {
  readonly view: BoardView = shallowReactive<BoardView>({
    stage: null,
    look: PLAIN,
    kept: [],
    wet: [],
    pointer: null,
  })
  private known = 0
  private reading = false
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly undo: (() => void)[]

  constructor(private readonly options: BoardOptions) {
    this.undo = [
      watch(
        () => options.call.view.call?.stage ?? null,
        (stage) => {
          this.follow(stage)
        },
        { immediate: true },
      ),
      options.call.onMessage((message) => {
        this.hear(message)
      }),
    ]
  }

  close(): void {
    this.undo.forEach((undo) => {
      undo()
    })
    this.timers.forEach(clearTimeout)
    this.timers.clear()
  }

  /** Shows a stroke of this page, or of another, until the server confirms or nobody goes on with it. */
  wet(stroke: Stroke): void {
    if (this.view.kept.some(({ id }) => id === stroke.id)) return
    const others = this.view.wet.filter(({ id }) => id !== stroke.id)
    this.view.wet = [...others, stroke]
    this.later(stroke.id, WET_MS, () => {
      this.dry(stroke.id)
    })
  }

  dry(id: string): void {
    this.view.wet = this.view.wet.filter((one) => one.id !== id)
  }

  private follow(stage: StageState | null): void {
    const before = this.view.stage
    this.view.stage = stage
    if (stage?.no !== before?.no) {
      this.known = stage?.no ?? 0
      this.view.kept = []
      this.view.wet = []
      this.view.pointer = null
    }
    this.view.look = stage ?? PLAIN
    if (stage !== null && stage.strokes > this.known) void this.catchUp()
  }

  private async catchUp(): Promise<void> {
    if (this.reading) return
    this.reading = true
    try {
      for (let stage = this.view.stage; stage !== null && stage.strokes > this.known; stage = this.view.stage)
        if (!(await this.readOnce(stage))) break
    } finally {
      this.reading = false
    }
  }

  private async readOnce(stage: StageState): Promise<boolean> {
    const call = this.options.call.view.call
    if (call === null) return false
    try {
      const { no, events } = await this.options.read(call.id, this.known)
      if (no === this.view.stage?.no) this.fold(events)
      // An answer older than what was told is asked for again, since a reader may hang on another process.
      this.known = Math.max(this.known, no === stage.no ? stage.strokes : 0)
      return no === stage.no || no === this.view.stage?.no
    } catch {
      this.later('read', TRY_AGAIN_MS, () => void this.catchUp())
      return false
    }
  }

  private fold(events: StrokeList['events']): void {
    let kept = [...this.view.kept]
    for (const { seq, kind, stroke, undone } of events) {
      if (seq <= this.known) continue
      this.known = seq
      if (kind === 'strokes_cleared') kept = []
      else if (kind === 'stroke_undone') kept = kept.filter(({ id }) => id !== undone)
      else if (stroke !== null) kept.push(stroke)
    }
    this.view.kept = kept
    const ids = new Set(kept.map(({ id }) => id))
    this.view.wet = this.view.wet.filter(({ id }) => !ids.has(id))
  }

  /** Only clerks draw and lead: what a citizen's page says about it is not heard. */
  private hear({ from, topic, body }: HeardMessage): void {
    const speaker = this.options.call.view.call?.participants.find(({ id }) => id === from)
    if (speaker?.side !== 'clerk') return
    if (topic === TOPIC.ink) this.hearInk(body)
    if (topic === TOPIC.point) this.hearPoint(body)
    if (topic === TOPIC.gone) this.dry(readGone(body) ?? '')
    if (topic === TOPIC.look) {
      const news = readLook(body)
      if (news?.no === this.view.stage?.no && news) this.view.look = news.look
    }
  }

  private hearInk(body: string): void {
    const news = readInk(body)
    if (news === null || news.no !== this.view.stage?.no) return
    const before = this.view.wet.find(({ id }) => id === news.id)?.places ?? []
    const { id, tool, colour, from, places } = news
    this.wet({ id, tool, colour, places: [...before.slice(0, from), ...places] })
  }

  private hearPoint(body: string): void {
    const news = readPoint(body)
    if (news === null || news.no !== this.view.stage?.no) return
    this.view.pointer = news.place
    this.later('pointer', POINTER_MS, () => {
      this.view.pointer = null
    })
  }

  private later(name: string, milliseconds: number, run: () => void): void {
    clearTimeout(this.timers.get(name))
    this.timers.set(name, setTimeout(run, milliseconds))
  }
}
