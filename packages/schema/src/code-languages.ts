/** What code may be highlighted as: names that are stored, as highlight.js calls them, and how people call them. Never removed from. */
export const CODE_LANGUAGES: Readonly<Record<string, string>> = {
  bash: 'Bash',
  c: 'C',
  cpp: 'C++',
  csharp: 'C#',
  css: 'CSS',
  diff: 'Diff',
  go: 'Go',
  graphql: 'GraphQL',
  ini: 'INI, TOML',
  java: 'Java',
  javascript: 'JavaScript',
  json: 'JSON',
  kotlin: 'Kotlin',
  less: 'Less',
  lua: 'Lua',
  makefile: 'Makefile',
  markdown: 'Markdown',
  objectivec: 'Objective-C',
  perl: 'Perl',
  php: 'PHP',
  python: 'Python',
  r: 'R',
  ruby: 'Ruby',
  rust: 'Rust',
  scss: 'SCSS',
  shell: 'Shell session',
  sql: 'SQL',
  swift: 'Swift',
  typescript: 'TypeScript',
  vbnet: 'VB.NET',
  wasm: 'WebAssembly',
  xml: 'HTML, XML',
  yaml: 'YAML',
}

/** Other names that people write behind three backticks. */
const ALIASES: Readonly<Record<string, string>> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cs: 'csharp',
  golang: 'go',
  html: 'xml',
  js: 'javascript',
  jsx: 'javascript',
  kt: 'kotlin',
  make: 'makefile',
  md: 'markdown',
  mjs: 'javascript',
  patch: 'diff',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  svg: 'xml',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  vb: 'vbnet',
  yml: 'yaml',
  zsh: 'bash',
}

/**
 * The language, as one of CODE_LANGUAGES, of a code block whose stored `language` may be anything (`ts`, `js title="a"`).
 * Undefined for what we do not highlight.
 */
export function codeLanguage(stored: unknown): string | undefined {
  if (typeof stored !== 'string') return undefined
  const word = /^[\w#+.-]{1,40}/.exec(stored)?.[0]?.toLowerCase() ?? ''
  const name = Object.hasOwn(ALIASES, word) ? ALIASES[word] : word
  return name !== undefined && Object.hasOwn(CODE_LANGUAGES, name) ? name : undefined
}
