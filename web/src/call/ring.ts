/**
 * The ring for staff and the gentle chime for a citizen's turn, made of oscillators: no sound file to load or to license.
 * A browser plays nothing before the first click or key on the page; `blocked` says so, and pages show it.
 */
import { ref, type Ref } from 'vue'
import { readStored, writeStored } from '@/ui/stored'

/** Two notes, twice a second, then a pause: heard beside talk without alarming the hall. Frequencies in Hz, times in s. */
const RING = { notes: [659.3, 830.6], note: 0.16, times: 3, cycle: 2 }
const CHIME = [523.3, 659.3, 784]
const STORED_VOLUME = 'ring-volume'

let shared: AudioContext | null = null

/** One context per page; browsers allow only a few. Null where there is no WebAudio at all. */
function audio(): AudioContext | null {
  if (shared === null && typeof AudioContext !== 'undefined') shared = new AudioContext()
  return shared
}

export interface Ringer {
  /** 0…100, remembered on this computer. */
  readonly volume: Ref<number>
  readonly ringing: Ref<boolean>
  /** The browser refuses sound until someone clicks or types on the page. */
  readonly blocked: Ref<boolean>
  start(): void
  stop(): void
  /** One round of the ring at the present volume. */
  test(): void
  /** The gentle chime instead of the ring, once, at the present volume: for what is no call. */
  remind(): void
  setVolume(percent: number): void
}

export function createRinger(): Ringer {
  const volume = ref(storedVolume())
  const ringing = ref(false)
  const blocked = ref(false)
  let timer: ReturnType<typeof setInterval> | null = null

  const sound = (play: (context: AudioContext, percent: number) => void): void => {
    const context = audio()
    if (context === null) return
    void wake(context).then((awake) => {
      blocked.value = !awake
      if (awake) play(context, volume.value)
    })
  }
  const round = (): void => {
    sound(playRing)
  }
  const stop = (): void => {
    if (timer !== null) clearInterval(timer)
    timer = null
    ringing.value = false
  }
  return {
    volume,
    ringing,
    blocked,
    stop,
    test: round,
    remind: () => {
      sound(playChime)
    },
    start: () => {
      if (ringing.value) return
      ringing.value = true
      round()
      timer = setInterval(round, RING.cycle * 1000)
    },
    setVolume: (percent) => {
      volume.value = Math.min(100, Math.max(0, Math.round(percent)))
      writeStored(STORED_VOLUME, String(volume.value))
    },
  }
}

/** Three rising notes for the citizen's turn; phones also shake. Resolves whether it could be heard. */
export async function chime(percent = 60): Promise<boolean> {
  ;(navigator as { vibrate?: (pattern: number[]) => boolean }).vibrate?.([200, 100, 200])
  const context = audio()
  if (context === null || !(await wake(context))) return false
  playChime(context, percent)
  return true
}

/** Call on any click before a sound will be needed: afterwards the browser lets it play. */
export async function unlockSound(): Promise<boolean> {
  const context = audio()
  return context !== null && (await wake(context))
}

async function wake(context: AudioContext): Promise<boolean> {
  if (context.state !== 'running') {
    // `resume` stays pending without a click, so it is not waited for longer than a moment.
    const patience = new Promise<void>((resolve) => setTimeout(resolve, 150))
    await Promise.race([context.resume().catch(() => undefined), patience])
  }
  return context.state === 'running'
}

function playRing(context: AudioContext, percent: number): void {
  for (let time = 0; time < RING.times; time += 1) {
    RING.notes.forEach((note, index) => {
      const at = context.currentTime + (time * RING.notes.length + index) * RING.note
      playNote(context, note, at, RING.note, percent)
    })
  }
}

function playChime(context: AudioContext, percent: number): void {
  CHIME.forEach((note, index) => {
    playNote(context, note, context.currentTime + index * 0.18, 0.5, percent)
  })
}

function playNote(
  context: AudioContext,
  frequency: number,
  at: number,
  seconds: number,
  percent: number,
): void {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.type = 'triangle'
  oscillator.frequency.value = frequency
  // Loudness is felt in powers: half the slider should sound half as loud.
  const peak = Math.max(0.0001, (percent / 100) ** 2 * 0.6)
  gain.gain.setValueAtTime(0.0001, at)
  gain.gain.exponentialRampToValueAtTime(peak, at + 0.015)
  gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(at)
  oscillator.stop(at + seconds + 0.02)
}

function storedVolume(): number {
  const stored = Number(readStored(STORED_VOLUME) ?? 'none')
  return Number.isFinite(stored) && stored >= 0 && stored <= 100 ? stored : 70
}
