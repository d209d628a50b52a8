import { COLOURS, type Colour } from './palette.ts'

/** Hue and chroma of each colour; how light it is, paper and slate decide. As in the page's blocks.css. */
const HUES: Readonly<Record<Colour, readonly [hue: number, chroma: number]>> = {
  grey: [245, 0.012],
  brown: [52, 0.065],
  orange: [53, 0.12],
  yellow: [88, 0.1],
  green: [156, 0.1],
  blue: [248, 0.12],
  purple: [301, 0.13],
  pink: [351, 0.15],
  red: [24, 0.16],
}

const COLOUR_RULES = COLOURS.map((name) => {
  const [hue, chroma] = HUES[name]
  const letters = `light-dark(oklch(.5 ${chroma} ${hue}),oklch(.77 ${chroma} ${hue}))`
  const wash = `light-dark(oklch(.925 ${chroma * 0.45} ${hue}),oklch(.4 ${chroma * 0.55} ${hue}))`
  return `span[data-color=${name}]{color:${letters}}mark[data-color=${name}]{background:${wash}}`
}).join('\n')

const CALLOUT_RULES = Object.entries({ note: 'blue', tip: 'green', warning: 'yellow', danger: 'red' } as const)
  .map(([kind, colour]) => {
    const [hue, chroma] = HUES[colour]
    const wash = `light-dark(oklch(.965 ${chroma * 0.25} ${hue}),oklch(.29 ${chroma * 0.35} ${hue}))`
    return `[data-kind=${kind}]{background:${wash};border-left-color:oklch(.62 ${chroma} ${hue})}`
  })
  .join('\n')

/** The style sheet of an exported file. Nothing in it is a document's. */
export const HTML_STYLE = `:root{color-scheme:light dark;--ink:light-dark(#20262c,#e8e7e4);--soft:light-dark(#56606a,#b0b6bb);--line:light-dark(#dcdcd8,#3a4147);--wash:light-dark(#f4f4f1,#262b30);--accent:light-dark(#12666b,#6cc5c7)}
*{box-sizing:border-box}
body{margin:0;background:light-dark(#fcfcfa,#1b2024);color:var(--ink);font:1.0625rem/1.65 Inter,ui-sans-serif,system-ui,-apple-system,'Segoe UI',sans-serif;overflow-wrap:break-word}
main{max-width:46rem;margin:0 auto;padding:3rem 1.5rem 6rem}
h1,h2,h3,h4,h5,h6{margin:1.7em 0 .5em;line-height:1.25;letter-spacing:-.02em;text-wrap:balance}
p,h1,h2,h3,h4,h5,h6,summary,figcaption{unicode-bidi:plaintext}li p,summary{text-align:left}
h1{font-size:1.875rem}h2{font-size:1.4375rem}h3{font-size:1.1875rem}h4,h5,h6{font-size:1.0625rem}
h1.title{margin:0 0 1.2em;font-size:2.25rem}
p,ul,ol,blockquote,pre,hr,img,details,.table,.formula,[data-type=callout],[data-type=columns]{margin:.75em 0}
:is(li,blockquote,td,th,details div,[data-type=callout],[data-type=column],li div)>:first-child{margin-top:0}
:is(li,blockquote,td,th,details div,[data-type=callout],[data-type=column],li div)>:last-child{margin-bottom:0}
a{color:var(--accent);text-underline-offset:.2em}
.mention{font-weight:500;color:var(--accent);text-decoration:none}
ul,ol{padding-left:1.6em}li+li,li>:is(ul,ol){margin-top:.3em}li>p{margin-block:.3em}
ul[data-type=taskList]{padding-left:0;list-style:none}
ul[data-type=taskList]>li{display:flex;gap:.6em;align-items:baseline}
ul[data-type=taskList]>li>div{flex:1;min-width:0}
li[data-checked=true]>div>p{color:var(--soft);text-decoration:line-through}
input{accent-color:var(--accent)}
blockquote{margin-inline:0;padding-left:1.1em;border-left:3px solid var(--line);color:var(--soft)}
code{padding:.12em .32em;border-radius:5px;background:var(--wash);font:.875em/1.6 ui-monospace,'SF Mono','Cascadia Mono',Menlo,Consolas,monospace}
pre{padding:.9rem 1.1rem;border:1px solid var(--line);border-radius:10px;background:var(--wash);white-space:pre-wrap;tab-size:2}
pre code{padding:0;background:none}
hr{height:1px;margin:2.2em 0;border:0;background:var(--line)}
figure{margin:.75em 0}figure[data-align=center]{margin-inline:auto}figure[data-align=right]{margin-left:auto}figure img{width:100%;margin:0}figcaption{margin-top:.4em;color:var(--soft);font-size:.9em;text-align:center}
img{display:block;max-width:100%;height:auto;border-radius:8px}
.table,.formula{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.9375rem;line-height:1.5}
th,td{padding:.5rem .75rem;border:1px solid var(--line);text-align:left;vertical-align:top}
th{background:var(--wash);font-weight:600}
[data-type=columns]{display:flex;gap:1.5rem}[data-type=column]{flex:1;min-width:0}
@media (max-width:40rem){[data-type=columns]{display:block}}
[data-type=callout]{padding:.8rem 1.1rem;border-left:4px solid;border-radius:8px}
details{padding:.4rem .9rem;border:1px solid var(--line);border-radius:8px}
summary{font-weight:600;cursor:pointer}details[open]>summary{margin-bottom:.5em}
mark{padding-inline:.1em;background:light-dark(oklch(.93 .1 95),oklch(.45 .08 90));color:inherit}
.formula{text-align:center}
${COLOUR_RULES}
${CALLOUT_RULES}
@media print{:root{color-scheme:light}body{background:none;font-size:11pt}main{max-width:none;padding:0}
h1,h2,h3,h4,summary{break-after:avoid}pre,tr,img,[data-type=callout],.formula{break-inside:avoid}p,li{orphans:3;widows:3}
a[href^=http]:not(.mention)::after{content:' (' attr(href) ')';font-size:.85em;color:#555;overflow-wrap:anywhere}}
`
