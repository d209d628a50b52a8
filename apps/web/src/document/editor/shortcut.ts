const MAC_SIGNS: Record<string, string> = { Mod: '⌘', Ctrl: '⌃', Shift: '⇧', Alt: '⌥' }
const OTHER_SIGNS: Record<string, string> = { Mod: 'Ctrl' }

/** A key combination such as `Mod+Shift+X`, written the way this machine's keyboard is. */
export function shortcutText(keys: string, { mac }: { mac: boolean } = { mac: isMac() }): string {
  const parts = keys.split('+')
  return mac
    ? parts.map((part) => MAC_SIGNS[part] ?? part).join('')
    : parts.map((part) => OTHER_SIGNS[part] ?? part).join('+')
}

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}

/** What is held while an arrow moves a column. On a Mac Alt and Shift select words, so one key more. */
export const COLUMN_KEYS = isMac() ? 'Ctrl+Alt+Shift' : 'Alt+Shift'
