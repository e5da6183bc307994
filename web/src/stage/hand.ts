/** The clerk's hand on the stage: it draws, points, turns and enlarges. What it does is seen at once and kept by the server. */
import type { CallController } from '@/call'
import { uuid } from '@/api/http'
import type { Board } from './board'
import type { Look, Point } from './geometry'
import { PLACES_AT_MOST, thinned, type Colour, type Stroke, type Tool } from './ink'
import { TOPIC, type InkNews } from './talk'

export interface HandApi {
  draw(call: string, stroke: Stroke & { no: number }): Promise<unknown>
  undo(call: string, no: number, id: string): Promise<unknown>
  clear(call: string, no: number): Promise<unknown>
  look(call: string, look: Look & { no: number }): Promise<unknown>
}

/** How often a moving hand is told to the other page, in milliseconds. */
export const TELL_EVERY_MS = 50
/** A look is kept once it has rested for so long, in milliseconds. */
export const KEEP_LOOK_MS = 400

export class Hand {
  private stroke: Stroke | null = null
  private told = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private pointing: Point | null = null
  private resting: ReturnType<typeof setTimeout> | null = null

  constructor(
    private readonly call: CallController,
    private readonly board: Board,
    private readonly api: HandApi,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  begin(tool: Tool, colour: Colour, { x, y }: Point): void {
    if (this.board.view.stage === null) return
    this.stroke = { id: uuid(), tool, colour, places: [x, y, x, y] }
    this.told = 0
    this.board.wet(this.stroke)
    this.tellSoon()
  }

  move({ x, y }: Point): void {
    if (this.stroke === null) return
    const { tool, places } = this.stroke
    const spans = tool === 'arrow' || tool === 'box'
    this.stroke = { ...this.stroke, places: spans ? [...places.slice(0, 2), x, y] : [...places, x, y] }
    this.board.wet(this.stroke)
    this.tellSoon()
  }

  async end(): Promise<void> {
    const drawn = this.stroke
    this.stroke = null
    this.quiet()
    const no = this.board.view.stage?.no
    const call = this.call.view.call?.id
    if (drawn === null || no === undefined || call === undefined) return
    const stroke = { ...drawn, places: thinned(drawn.places) }
    this.board.wet(stroke)
    // The finished stroke in full: it is thinned out, and may have outgrown what was told.
    this.say(no, stroke, 0)
    try {
      await this.api.draw(call, { ...stroke, no })
    } catch (error) {
      this.board.dry(stroke.id)
      this.call.say({ topic: TOPIC.gone, body: stroke.id })
      this.onProblem(error)
    }
  }

  /** A gesture that turned out to be something else, such as two fingers. */
  drop(): void {
    if (this.stroke !== null) {
      this.board.dry(this.stroke.id)
      this.call.say({ topic: TOPIC.gone, body: this.stroke.id })
    }
    this.stroke = null
    this.quiet()
  }

  point(place: Point | null): void {
    this.pointing = place
    this.tellSoon()
  }

  async undo(): Promise<void> {
    const last = this.board.view.kept[this.board.view.kept.length - 1]
    if (last !== undefined) await this.ask((call, no) => this.api.undo(call, no, last.id))
  }

  async clear(): Promise<void> {
    await this.ask((call, no) => this.api.clear(call, no))
  }

  look(look: Look): void {
    const no = this.board.view.stage?.no
    if (no === undefined) return
    this.board.view.look = look
    this.call.say({ topic: TOPIC.look, body: JSON.stringify({ no, look }) })
    if (this.resting !== null) clearTimeout(this.resting)
    this.resting = setTimeout(() => {
      const { turn, zoom, x, y } = look
      void this.ask((call, now) => this.api.look(call, { no: now, turn, zoom, x, y }))
    }, KEEP_LOOK_MS)
  }

  private async ask(act: (call: string, no: number) => Promise<unknown>): Promise<void> {
    const no = this.board.view.stage?.no
    const call = this.call.view.call?.id
    if (no === undefined || call === undefined) return
    try {
      await act(call, no)
    } catch (error) {
      this.onProblem(error)
    }
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null
      const no = this.board.view.stage?.no
      if (no === undefined) return
      if (this.stroke !== null) this.tellStroke(no, this.stroke)
      else
        this.call.say({
          topic: TOPIC.point,
          body: JSON.stringify({ no, place: this.pointing }),
          lossy: this.pointing !== null,
        })
    }, TELL_EVERY_MS)
  }

  private tellStroke(no: number, stroke: Stroke): void {
    const spans = stroke.tool === 'arrow' || stroke.tool === 'box'
    if (stroke.places.length > PLACES_AT_MOST) return // the end tells it, thinned out
    this.say(no, stroke, spans ? 0 : this.told)
    this.told = stroke.places.length
  }

  private say(no: number, { id, tool, colour, places }: Stroke, from: number): void {
    const news: InkNews = { no, id, tool, colour, from, places: places.slice(from) }
    this.call.say({ topic: TOPIC.ink, body: JSON.stringify(news) })
  }

  private quiet(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
}
