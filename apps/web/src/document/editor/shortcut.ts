const MAC_SIGNS: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' }
const OTHER_SIGNS: Record<string, string> = { Mod: 'Ctrl' }

/** A key combination such as `Mod+Shift+X`, written the way this machine's keyboard is. */
export function shortcutText(keys: string, { mac }: { mac: boolean } = { mac: isMac() }): string {
  const parts = keys.split('+')
  return mac
    ? parts.map((part) => MAC_SIGNS[part] ?? part).join('')
    : parts.map((part) => OTHER_SIGNS[part] ?? part).join('+')
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}
