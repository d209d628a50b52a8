import { describe, expect, test } from 'vitest'
import { savingDetail, savingText, wouldLoseWork, type SavingFacts } from './saving-text.ts'

const saved: SavingFacts = {
  connection: 'live',
  saving: 'saved',
  keeping: 'device',
  unsentCount: 0,
  titlePending: false,
  cut: false,
  damaged: false,
}

describe('the saving status', () => {
  test('says Saved when everything is stored', () => {
    expect(savingText(saved)).toBe('Saved')
  })

  test('never says Saved while anything typed is not stored, over all combinations', () => {
    for (const connection of ['live', 'reconnecting', 'offline'] as const)
      for (const saving of ['saved', 'saving', 'unsaved'] as const)
        for (const keeping of ['device', 'nowhere'] as const)
          for (const unsentCount of [0, 1])
            for (const titlePending of [false, true])
              for (const cut of [false, true])
                for (const damaged of [false, true]) {
                  const facts = { connection, saving, keeping, unsentCount, titlePending, cut, damaged }
                  const stored = saving === 'saved' && unsentCount === 0 && !titlePending
                  if (!stored) expect(savingText(facts), JSON.stringify(facts)).not.toMatch(/^Saved/)
                  if (connection !== 'live' && cut) expect(savingText(facts)).toMatch(/^Offline\./)
                  expect(wouldLoseWork(facts)).toBe(!stored && keeping === 'nowhere')
                  expect(savingDetail(facts)).not.toBe('')
                }
  })

  test('a blink of the connection is not called offline, a longer cut is', () => {
    expect(savingText({ ...saved, connection: 'reconnecting' })).toBe('Saved')
    expect(savingText({ ...saved, connection: 'reconnecting', unsentCount: 1, saving: 'unsaved' })).toBe('Saving…')
    expect(savingText({ ...saved, connection: 'reconnecting', cut: true })).toBe(
      'Offline. Changes are kept on this device',
    )
  })

  test('what cannot be sent into a damaged document is not called on its way', () => {
    const kept = { ...saved, damaged: true, saving: 'unsaved', unsentCount: 1 } as const
    expect(savingText(kept)).toBe('Not saved. Changes are kept on this device')
    expect(savingText({ ...kept, keeping: 'nowhere' })).toBe('Not saved. This browser cannot keep changes')
    expect(savingDetail(kept)).toMatch(/kept in this browser.*after the repair/)
    expect(savingText({ ...saved, damaged: true })).toBe('Saved')
  })

  test('says so when this browser keeps nothing', () => {
    expect(savingText({ ...saved, connection: 'offline', keeping: 'nowhere' })).toBe(
      'Offline. This browser cannot keep changes',
    )
    const nowhere = { ...saved, keeping: 'nowhere' } as const
    expect(savingText(nowhere)).toBe('Saved. This browser cannot keep offline edits')
    expect(savingDetail(nowhere)).toMatch(/private window, full disk/)
    expect(savingText({ ...nowhere, unsentCount: 1, saving: 'saving' })).toBe('Saving…')
  })
})
