import { element, escapeHtml } from './html-text.ts'
import { HTML_STYLE } from './html-style.ts'
import { writeHtml, type HtmlSettings } from './html-writer.ts'
import type { JsonNode } from './markdown-json.ts'

export interface HtmlPageSettings extends HtmlSettings {
  readonly title: string
  /** Then it is only the file's, and not written above the text. */
  readonly titleIsInText: boolean
}

/** What the file may do, whoever opens it from wherever: show pictures, and nothing else. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; base-uri 'none'; form-action 'none'"

/** The document as one static file: looks by day, by night and printed, no script, and a policy that allows none. */
export function writeHtmlPage(document: JsonNode, settings: HtmlPageSettings): string {
  const title = escapeHtml(settings.title)
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Tandem">
<title>${title}</title>
<style>
${HTML_STYLE}</style>
</head>
<body>
<main>
${settings.titleIsInText ? '' : element('h1', { class: 'title' }, title)}
${writeHtml(document, settings)}
</main>
</body>
</html>
`
}
