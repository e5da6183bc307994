import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { phaseOf, type CallState, type JoinAnswer, type Side } from './call-state'
import { CallController, type CallApi } from './controller'
import { FakeLine } from './fakes'
import type { CallTransport, TransportEvents } from './transport'

class FakeTransport implements CallTransport {
  state = 'connecting' as const
  remote = []
  readonly calls: string[] = []
  private readonly handlers = new Map<string, (value: never) => void>()
  prepare(): void {
    this.calls.push('prepare')
  }
  /** Attempts of the peers who were there at the start. */
  found = ''
  start(seat: { attempt: number }, peers: readonly { attempt: number }[]): void {
    this.calls.push(`start ${String(seat.attempt)}`)
    this.found = peers.map((peer) => peer.attempt).join()
  }
  setPeers(peers: readonly { attempt: number }[]): void {
    this.calls.push(`peers ${peers.map((peer) => peer.attempt).join()}`)
  }
  sent = { microphone: true, camera: true }
  setMicrophone(on: boolean): void {
    this.sent.microphone = on
  }
  setCamera(on: boolean): void {
    this.sent.camera = on
  }
  setPaused(): void {}
  replace(): void {}
  publish(name: string, media: unknown): void {
    this.calls.push(`publish ${name} ${media === null ? 'nothing' : 'something'}`)
  }
  limit(): void {}
  say(): void {}
  stop(): void {
    this.calls.push('stop')
  }
  on<K extends keyof TransportEvents>(event: K, handler: (value: TransportEvents[K]) => void): () => void {
    this.handlers.set(event, handler)
    return () => undefined
  }
  tell<K extends keyof TransportEvents>(event: K, value: TransportEvents[K]): void {
    ;(this.handlers.get(event) as ((given: TransportEvents[K]) => void) | undefined)?.(value)
  }
}

const call = (mine: number, theirs: number, state: CallState['state'] = 'connecting'): CallState => ({
  id: 'c1',
  session_id: 's1',
  state,
  grace_until: null,
  recall: null,
  ended_reason: null,
  stage: null,
  hold: null,
  photo: null,
  pushed: 0,
  participants: [
    { id: 'me', side: 'applicant', attempt: mine, name: null, organisation: null },
    { id: 'they', side: 'clerk', attempt: theirs, name: '张艳丽', organisation: '魏都区政务服务中心' },
  ],
  invitations: [],
})
const answer = (attempt: number): JoinAnswer => ({
  call: call(attempt, 1),
  participant_id: 'me',
  attempt,
  ice_servers: [],
  relay_only: false,
})

let transports: FakeTransport[]
function controller(api: Partial<CallApi> = {}, side: Side = 'applicant'): CallController {
  return new CallController({
    side,
    api: { join: () => Promise.resolve(answer(1)), end: () => Promise.resolve(), ...api },
    signalling: new FakeLine().end('me'),
    transport: () => {
      const made = new FakeTransport()
      transports.push(made)
      return made
    },
  })
}
const settle = (ms = 1): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers()
  sessionStorage.clear()
  transports = []
})
afterEach(() => {
  vi.useRealTimers()
})

describe('CallController', () => {
  it('keeps what was prepared while documents come that have no call yet', async () => {
    const one = controller()
    await one.openDevices()
    one.prepare()
    one.sync(null)
    one.sync(call(0, 1))
    await settle()
    expect(transports).toHaveLength(1)
    expect(transports[0]?.calls).toEqual(['prepare', 'prepare', 'start 1'])
  })

  it('joins a new call, follows attempts, leaves at the end', async () => {
    const one = controller()
    one.sync(call(0, 1))
    await settle()
    expect(transports[0]?.calls).toEqual(['prepare', 'start 1'])
    one.sync(call(1, 2))
    expect(transports[0]?.calls.slice(-1)[0]).toBe('peers 2')
    transports[0]?.tell('state', 'connected')
    expect(one.view.phase).toBe('connected')
    one.sync(call(1, 2, 'ended'))
    expect(transports[0]?.calls.slice(-1)[0]).toBe('stop')
    expect(one.view.phase).toBe('ended')
  })

  it('makes its offer to those who were there before it, and waits for the offer of who has come since', async () => {
    const one = controller()
    one.sync(call(0, 1))
    one.sync(call(1, 2))
    await settle()
    expect(transports[0]?.found).toBe('1')
    expect(transports[0]?.calls).toEqual(['prepare', 'start 1', 'peers 2'])
  })

  it.each([
    ['applicant', { microphone: false, camera: true }],
    ['clerk', { microphone: false, camera: false }],
  ] as const)('on hold the %s sends no voice, and no clerk a picture', async (side, silent) => {
    const one = controller({}, side)
    one.sync(side === 'clerk' ? { ...call(0, 0), participants: [] } : call(0, 1))
    await settle()
    const held = { ...call(1, 1), hold: { started_at: 'then', remind_at: 'soon' } }
    one.sync(held)
    expect(transports[0]?.sent).toEqual(silent)
    one.setMicrophone(false)
    one.setMicrophone(true)
    expect(transports[0]?.sent).toEqual(silent)
    one.setMicrophone(false)
    one.sync(call(1, 1))
    expect(transports[0]?.sent).toEqual({ microphone: false, camera: true })
  })

  it('comes back after a reload of the same tab', async () => {
    controller().sync(call(0, 1))
    await settle()
    const again = controller({ join: () => Promise.resolve(answer(2)) })
    again.sync(call(1, 1, 'connected'))
    await settle()
    expect(transports[1]?.calls).toContain('start 2')
  })

  it('leaves a call to the tab that has it, and takes it over when asked', async () => {
    const second = controller({ join: () => Promise.resolve(answer(2)) })
    second.sync(call(1, 1, 'connected'))
    await settle()
    expect(second.view.phase).toBe('elsewhere')
    second.takeOver()
    await settle()
    expect(transports[0]?.calls).toContain('start 2')
  })

  it('gives way when another tab has joined with a higher attempt', async () => {
    const one = controller()
    one.sync(call(0, 1))
    await settle()
    one.sync(call(2, 1))
    expect(one.view.phase).toBe('elsewhere')
    expect(transports[0]?.calls.slice(-1)[0]).toBe('stop')
  })

  it('a citizen who opens the page anew gets back in, a second tab of a clerk does not', async () => {
    const citizen = controller({ join: () => Promise.resolve(answer(2)) })
    citizen.sync(call(1, 1, 'interrupted'))
    await settle()
    expect(transports[0]?.calls).toContain('start 2')
    sessionStorage.clear()
    const clerk = controller({}, 'clerk')
    clerk.sync(call(1, 1, 'interrupted'))
    expect(clerk.view.phase).toBe('elsewhere')
  })

  it('repeats a lost join with the same key and stops at a refusal', async () => {
    const keys: string[] = []
    const lost = Object.assign(new Error(), { code: 'timeout', lost: true })
    const refused = Object.assign(new Error(), { code: 'call_ended', lost: false })
    const one = controller({
      join: (_id, key) => {
        keys.push(key)
        return Promise.reject(keys.length === 1 ? lost : refused)
      },
    })
    one.sync(call(0, 1))
    await settle(2000)
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    expect(one.view.joinProblem).toBe('call_ended')
  })

  it('starts from the answer of accepting, and ends once', async () => {
    const ends: string[] = []
    const one = controller(
      {
        end: (_id, key) => {
          ends.push(key)
          return ends.length === 1 ? Promise.reject(new Error('line')) : Promise.resolve()
        },
      },
      'clerk',
    )
    one.accept({ ...answer(1), participant_id: 'they' })
    expect(transports[0]?.calls).toEqual(['start 1'])
    one.sync(call(0, 1))
    await expect(one.end()).rejects.toThrow()
    await one.end()
    expect(ends[0]).toBe(ends[1])
    expect(one.view.phase).toBe('ended')
  })
})

describe('phaseOf', () => {
  it('believes media over the server, and the server about an interruption', () => {
    expect(phaseOf(call(1, 1, 'connecting'), 'connecting')).toBe('connecting')
    expect(phaseOf(call(1, 1, 'connecting'), 'connected')).toBe('connected')
    expect(phaseOf(call(1, 1, 'interrupted'), 'connecting')).toBe('interrupted')
    expect(phaseOf(call(1, 1, 'connected'), 'failed')).toBe('interrupted')
    expect(phaseOf(call(1, 1, 'connecting'), 'failed')).toBe('connecting')
  })
})
