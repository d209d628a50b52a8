/**
 * Puts text on the clipboard; resolves false when the browser refuses, rejects when the text does. Plain http has no clipboard API,
 * so the old way stays as a second try.
 */
export async function copyText(text: string | Promise<string>): Promise<boolean> {
  try {
    if (typeof text === 'string') await navigator.clipboard.writeText(text)
    else await navigator.clipboard.write([itemOf(text)])
    return true
  } catch {
    return copyThroughSelection(await text)
  }
}

/** A text that is still being made: Safari allows only what begins while the click lasts. */
function itemOf(text: Promise<string>): ClipboardItem {
  return new ClipboardItem({ 'text/plain': text.then((made) => new Blob([made], { type: 'text/plain' })) })
}

function copyThroughSelection(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.setAttribute('readonly', '')
  field.style.position = 'fixed'
  field.style.opacity = '0'
  const focused = document.activeElement
  document.body.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
