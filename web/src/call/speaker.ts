/** A short tone out of the chosen speaker, and whether this browser lets one choose. */

type Sinkable = HTMLMediaElement & { sinkId?: string; setSinkId?: (id: string) => Promise<void> }

/** Three notes of a chord, in Hz, one after the other; seconds each. */
const NOTES = [523.3, 659.3, 784]
const NOTE_SECONDS = 0.28
const LOUDNESS = 0.25

/** Safari on iPhones leaves the choice to the phone. */
export function canChooseSpeaker(): boolean {
  return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype
}

/** Leads an element's sound to a speaker; one that is gone leaves it where it is. */
export async function leadTo(element: HTMLMediaElement, speaker: string): Promise<void> {
  const { sinkId = '' } = element as Sinkable
  if (sinkId !== speaker) await (element as Sinkable).setSinkId?.(speaker).catch(() => undefined)
}

/** Plays the tone; resolves whether the browser let it out. Call it from a press, or it may not. */
export async function playTone(speaker: string): Promise<boolean> {
  if (typeof AudioContext === 'undefined') return false
  const context = new AudioContext()
  const out = context.createMediaStreamDestination()
  const player = new Audio()
  try {
    await leadTo(player, speaker)
    player.srcObject = out.stream
    await Promise.all([context.resume(), player.play()])
    NOTES.forEach((note, index) => {
      playNote(context, out, note, context.currentTime + index * NOTE_SECONDS)
    })
    await new Promise((resolve) => setTimeout(resolve, (NOTES.length + 1) * NOTE_SECONDS * 1000))
    return true
  } catch {
    return false
  } finally {
    player.srcObject = null
    void context.close().catch(() => undefined)
  }
}

function playNote(context: AudioContext, out: AudioNode, note: number, at: number): void {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.frequency.value = note
  gain.gain.setValueAtTime(0.0001, at)
  gain.gain.exponentialRampToValueAtTime(LOUDNESS, at + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_SECONDS)
  oscillator.connect(gain).connect(out)
  oscillator.start(at)
  oscillator.stop(at + NOTE_SECONDS)
}
