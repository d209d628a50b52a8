/** What every payload would do if it ran: the observing page counts it (see reading-room.ts). */
export const RAN = 'ran()'

const SCRIPTS = ['javascript', 'JaVaScRiPt', 'vbscript', 'livescript', 'mocha', 'jscript'] as const
/** Signs that parsers of addresses have passed over, in front of, within or behind a scheme. */
const SIGNS = [
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\u0001',
  '\u0008',
  '\u000B',
  '\u000C',
  '\u001F',
  ' ',
  '\u00A0',
  '\u00AD',
  '\u200B',
  '\u200D',
  '\u2028',
  '\u2029',
  '\u202E',
  '\u3000',
  '\uFEFF',
  '/',
  '\\',
  '//',
  '\\\\',
] as const
const ENTITIES = [
  '&Tab;',
  '&NewLine;',
  '&#9;',
  '&#x0A;',
  '&#0;',
  '&colon;',
  '&#58;',
  '&#x3a',
  '&#0000058',
  '&lpar;1&rpar;',
] as const
const DATA_TYPES = [
  'text/html',
  'TEXT/HTML',
  'text/html;charset=utf-8',
  'image/svg+xml',
  'application/xhtml+xml',
  'text/xml',
  'application/xml',
  'text/javascript',
  'application/pdf',
  '',
] as const
const OTHERS = [
  'blob',
  'file',
  'filesystem',
  'ftp',
  'ws',
  'wss',
  'about',
  'view-source',
  'chrome',
  'chrome-extension',
  'resource',
  'moz-icon',
  'jar',
  'intent',
  'android-app',
  'ms-word',
  'ms-excel',
  'ms-msdt',
  'search-ms',
  'steam',
  'smb',
  'nfs',
  'ssh',
  'telnet',
  'gopher',
  'res',
  'mhtml',
  'feed',
  'x-javascript',
  'unsafe',
] as const
const HOSTS = [
  '//evil.example',
  '///evil.example',
  '\\\\evil.example',
  '/\\evil.example',
  'https:evil.example',
  'https:/evil.example',
  'http://user:pass@evil.example',
  'https://evil.example\u0000.example.org',
  'https://evil\u3002example',
  'https://\u0435vil.example',
  '//evil.example%00',
  'https://[::ffff:7f00:1]',
  'https://0x7f.1',
  '//%65vil.example',
] as const

/** Addresses that no page may go to, ask for or run, whatever it is called and however it is written: 500 and more, each once. */
export function hostileUrls(): string[] {
  const body = `:${RAN}`
  const urls = new Set<string>()
  for (const scheme of SCRIPTS) {
    for (const tail of [
      body,
      `:${RAN}//`,
      `://x%0a${RAN}`,
      `:/*--></title></style>*/${RAN}`,
      `:'<script>${RAN}</script>'`,
      `:void(${RAN})`,
      `:eval('${RAN}')`,
      `:%72%61%6e()`,
      `:\\u0072an()`,
    ])
      urls.add(scheme + tail)
    for (const sign of SIGNS) {
      urls.add(`${sign}${scheme}${body}`)
      urls.add(`${scheme.slice(0, 2)}${sign}${scheme.slice(2)}${body}`)
      urls.add(`${scheme}${sign}${body}`)
    }
  }
  for (const entity of ENTITIES) {
    urls.add(`java${entity}script${body}`)
    urls.add(`${entity}javascript${body}`)
    urls.add(`javascript${entity}${RAN}`)
  }
  for (const type of DATA_TYPES) {
    for (const head of ['data', 'DATA', 'da\tta', ' data']) {
      urls.add(`${head}:${type},<script>parent.${RAN}</script>`)
      urls.add(`${head}:${type};base64,${btoa(`<svg xmlns="http://www.w3.org/2000/svg" onload="parent.${RAN}"/>`)}`)
    }
  }
  for (const scheme of OTHERS) for (const rest of [`:${RAN}`, `://evil.example/${RAN}`]) urls.add(scheme + rest)
  for (const host of HOSTS)
    for (const quote of ['', `/" onmouseover="${RAN}`, `/'><img src=x onerror=${RAN}>`]) urls.add(host + quote)
  return [...urls]
}
