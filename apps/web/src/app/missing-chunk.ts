/** Whether code of the page could not be loaded: the network is gone, or a newer version has replaced the files. Browsers word it differently. */
export function isMissingChunk(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|Importing a module script|preload/i.test(error.message)
}
