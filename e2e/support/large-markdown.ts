/** A Markdown text of at least `bytes` with everything that people write: headings, lists, tasks, tables, code, links, images. */
export function largeMarkdown(bytes: number): string {
  const parts = ['# The long report\n\nWritten to be **long**, _varied_ and `real`.\n']
  let length = 0
  for (let chapter = 1; length < bytes; chapter++) {
    const part = chapterOf(chapter)
    parts.push(part)
    length += Buffer.byteLength(part)
  }
  return parts.join('\n')
}

function chapterOf(number: number): string {
  return `## Chapter ${number}: naïve café notes — ${number} ✓

Paragraph ${number} goes on for a while, with a [link](https://example.org/chapter/${number}), some **bold text**, some
_emphasis_, some ~~struck words~~ and \`inline code ${number}\`. It is long enough to wrap on any screen that people use.

- first point of ${number}
- second point
  - a nested one
- third point

1. one
2. two

- [ ] open task ${number}
- [x] done task ${number}

> Somebody said something worth quoting in chapter ${number}.

| Name | Count | Note |
| --- | --- | --- |
| alpha ${number} | ${number * 3} | first |
| beta ${number} | ${number * 7} | second |

\`\`\`ts
export const chapter${number} = { pages: ${number * 12}, done: ${number % 2 === 0} }
\`\`\`

![A picture](https://example.org/picture-${number}.png)

---
`
}
