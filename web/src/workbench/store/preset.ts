/** An outcome chosen by how the call ended (“结束，结果记断线”), for the wrap-up that follows. */
let preset: { session: string; outcome: string } | null = null

export function presetOutcome(session: string | null, outcome: string | null): void {
  preset = session === null || outcome === null ? null : { session, outcome }
}

export function takePreset(session: string): string | null {
  return preset?.session === session ? preset.outcome : null
}
