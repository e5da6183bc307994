/**
 * The wrap-up being written. Kept in this tab at every change and on the server a moment later, so that neither a reload,
 * nor a lost line, nor the end of the wrap-up time loses a word.
 */
import { computed, onBeforeUnmount, reactive, ref, watch, type ComputedRef, type Ref } from 'vue'
import { language } from '@/i18n'
import { readStoredJson, writeStoredJson } from '@/ui/stored'
import { saveDraft } from '../api'
import type { Draft, NextStep } from '../types'
import { line } from './desk'
import { takePreset } from './preset'
import { compose, phraseOf } from './wrap-up'

export interface Form {
  outcome: string | null
  who: string
  item: string
  done: string
  more: string
  step: NextStep
  /** Outcomes of further matters by their ids. */
  matters: Record<string, string>
}
/** A draft of which only the whole text is known: it is edited as one text. */
export interface Written extends Form {
  whole: string | null
}

/** Pause after the last change before the server is told, in milliseconds. */
const SETTLE_MS = 800

export interface DraftKeeper {
  readonly form: Written
  readonly summary: ComputedRef<string>
  readonly state: Ref<'clean' | 'waiting' | 'saved' | 'local'>
  choose(outcome: string | null): void
  /** Tells the server now; false when it could not be reached. */
  flush(): Promise<boolean>
  /** While it is being closed no draft may cross the closing; `release` goes on when closing failed. */
  hold(): Promise<unknown>
  release(): void
  /** The session is closed: forget what was kept here. */
  done(): void
}

export function keepDraft(session: string, known: Draft | null, who: string, item: string): DraftKeeper {
  const form = reactive<Written>({
    ...firstForm(session, known, who, item),
    ...readStoredJson<Partial<Written>>(`wrap-up:${session}`, 'tab'),
  })
  const state = ref<'clean' | 'waiting' | 'saved' | 'local'>('clean')
  const summary = computed(
    () =>
      form.whole ??
      compose({ who: form.who, item: form.item, done: form.done }, form.step, form.more, language.value),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  let held = false

  let running: Promise<unknown> = Promise.resolve()

  function hold(): Promise<unknown> {
    held = true
    clearTimeout(timer)
    timer = undefined
    return running
  }
  async function flush(): Promise<boolean> {
    clearTimeout(timer)
    timer = undefined
    if (held) return true
    try {
      const saving = saveDraft(session, {
        outcome: form.outcome,
        summary: summary.value,
        next_step: form.step,
        matters: Object.entries(form.matters).map(([id, outcome]) => ({ id, outcome })),
      })
      running = saving.catch(() => undefined)
      await saving
      if (timer === undefined) state.value = 'saved'
      return true
    } catch {
      state.value = 'local'
      return false
    }
  }
  const stops = [
    watch(form, () => {
      writeStoredJson(`wrap-up:${session}`, form, 'tab')
      state.value = 'waiting'
      clearTimeout(timer)
      if (!held) timer = setTimeout(() => void flush(), SETTLE_MS)
    }),
    watch(line, (next) => {
      if (next === 'open' && state.value === 'local') void flush()
    }),
  ]
  onBeforeUnmount(() => {
    for (const stop of stops) stop()
    if (timer !== undefined) void flush()
  })
  return {
    form,
    summary,
    state,
    flush,
    choose(outcome) {
      // A phrase that the clerk has changed by hand stays; one from the template follows the outcome.
      const untouched = form.done === '' || form.done === phraseOf(form.outcome, language.value)
      form.outcome = outcome
      if (untouched) form.done = phraseOf(outcome, language.value)
    },
    hold,
    release() {
      held = false
      void flush()
    },
    done() {
      void hold()
      writeStoredJson(`wrap-up:${session}`, null, 'tab')
    },
  }
}

function firstForm(session: string, known: Draft | null, who: string, item: string): Written {
  const outcome = known?.outcome ?? takePreset(session)
  return {
    outcome,
    who,
    item,
    done: phraseOf(outcome, language.value),
    more: '',
    step: known?.next_step ?? 'none',
    matters: Object.fromEntries((known?.matters ?? []).map(({ id, outcome: chosen }) => [id, chosen])),
    whole: known !== null && known.summary !== '' ? known.summary : null,
  }
}
