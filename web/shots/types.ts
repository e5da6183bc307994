/**
 * A picture of a page in one of its states: which address, what the server would answer, what is pressed. Each face keeps a
 * table of these beside its router; a test sees to it that no route is without.
 */

/** What the server says to one request: a body with 200 (JSON, or text of
 * another `type`), a refusal, or nothing at all (`never`: the page is still loading). */
export type Answer =
  | { body: unknown; status?: number; type?: string }
  /** A drawing of `shots/scenes`, as a file that was sent. */
  | { picture: string }
  | 'never'
  | 'offline'

export type Step =
  | { press: string }
  | { fill: string; text: string }
  | { key: string }
  /** A drawing of `shots/scenes`, chosen as a file. */
  | { choose: string; scene: string }
  /** Waits until this is on the page. */
  | { see: string }

export interface Shot {
  /** Name of the route in the router. */
  route: string
  /** Name of the state, unique within the route. */
  state: string
  path: string
  /**
   * `GET /api/regions` → answer; the query does not count. What is not listed is answered with 404. `GET /api/ws` as
   * `offline` keeps the live line down.
   */
  answers: Readonly<Record<string, Answer>>
  /** Values of the browser's stores before the page opens. */
  stored?: { lasting?: Record<string, string>; tab?: Record<string, string> }
  /** Messages that come over the WebSocket after its welcome. */
  live?: readonly unknown[]
  steps?: readonly Step[]
  /** What must be there before the picture is taken; otherwise the heading. */
  until?: string
  /**
   * Camera and microphone: allowed with a picture, refused, only a microphone there, or a page inside WeChat that has
   * neither.
   */
  devices?: 'ok' | 'denied' | 'no-camera' | 'in-app'
  /** Another browser page plays the other side of the call. */
  peer?: boolean
  /** The browser says that it has no network. */
  offline?: boolean
}

/** A refusal as the server words it. */
export const problem = (code: string, status: number, params: Record<string, unknown> = {}): Answer => ({
  status,
  body: { type: `urn:cloudwindow:problem:${code}`, title: code, status, code, params, detail: code },
})
export const ok = (body: unknown): Answer => ({ body })
