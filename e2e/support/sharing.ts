import { expect, type Locator } from '@playwright/test'
import type { Tab } from './tab.ts'

/** General access that lets nobody in by the address alone. */
export const PRIVATE = 'Only people who were given a role'

/** Opens the Share dialog, or stays in it. */
export async function shareDialog({ page }: Tab): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name: /^Share / })
  // While another dialog asks something it is hidden from screen readers, and here all the same.
  const isOpen = await page.getByRole('dialog', { name: /^Share /, includeHidden: true }).isVisible()
  if (!isOpen) await page.getByRole('button', { name: /^Share(:|$)/ }).click()
  await expect(dialog).toBeVisible()
  return dialog
}

export async function choose({ page }: Tab, button: Locator, item: string): Promise<void> {
  await button.click()
  await page
    .getByRole('menuitemradio', { name: item })
    .or(page.getByRole('menuitem', { name: item }))
    .click()
}

/** `words`: as the dialog says it. */
export async function setGeneralAccess(tab: Tab, words: string): Promise<void> {
  const dialog = await shareDialog(tab)
  await choose(tab, dialog.getByRole('button', { name: /^General access: / }), words)
  await expect(dialog.getByRole('button', { name: `General access: ${words}` })).toBeVisible()
}

/** `item`: as the menu of that person says it. */
export async function setRole(tab: Tab, name: string, item: string): Promise<void> {
  await choose(tab, (await shareDialog(tab)).getByRole('button', { name: `What ${name} may do` }), item)
}

export async function closeShareDialog({ page }: Tab): Promise<void> {
  const dialog = page.getByRole('dialog', { name: /^Share / })
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
}
