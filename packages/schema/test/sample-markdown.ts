const WORDS = (
  'harbour ledger window copper signal meadow engine quiet river paper lantern bridge method orbit garden ' +
  'pattern winter market island thread mirror castle planet number corner summer forest letter anchor column'
).split(' ')

/**
 * A realistic Markdown file of at least so many bytes (by less than one section more), the same for the same size:
 * headings, text with every mark, nested lists and tasks, tables with alignment, code, quotes, links of each kind,
 * images by URL and uploaded, files, line breaks, HTML, toggles, alerts, columns, formulas, dates, mentions, colours.
 */
export function sampleMarkdown(bytes: number): string {
  const sections = ['---\ntitle: A year at the harbour\ntags: [notes, sample]\n---\n\n# A year at the harbour\n']
  for (let size = sections[0]!.length, number = 1; size < bytes; number++) {
    const text = section(number)
    sections.push(text)
    size += new TextEncoder().encode(text).length + 1
  }
  return sections.join('\n')
}

function section(number: number): string {
  const words = (count: number, from: number) =>
    Array.from(
      { length: count },
      (_, index) => WORDS[(number * 7 + from * 11 + index * (from + 3)) % WORDS.length],
    ).join(' ')
  const sentence = (from: number) =>
    `${words(1, from).replace(/^./, (first) => first.toUpperCase())} ${words(9 + (from % 5), from + 1)}.`
  return `## ${number}. ${words(3, 1)}

${sentence(1)} **${words(2, 2)}**, *${words(2, 3)}* and ***both***; ~~${words(1, 4)}~~, <u>${words(1, 5)}</u> and \`${words(1, 6)}(${number})\`.
${sentence(7)} See [the ${words(1, 8)}](https://example.com/${number}?a=1&b=2 "About ${words(1, 8)}"), [the notes][notes-${number}],
<https://example.com/auto/${number}>, https://example.com/bare/${number} or [write](mailto:someone@example.com). ${sentence(9)}

${sentence(10)} ${sentence(11)} ${sentence(12)} Übergrößen, naïve café, 日本語のテキスト, emoji 🚢⚓, 5 < 6 & 7 > 3, a_b_c, 2 * 3 * 4.

### ${words(2, 13)}: lists

- ${sentence(14)}
- **${words(2, 15)}**: ${words(6, 16)}
  - ${words(4, 17)}
    1. ${words(3, 18)}
    2. ${words(3, 19)} with \`code\`
  - ${words(5, 20)}
- ${words(6, 21)}

${number}. ${words(4, 22)}
${number + 1}. ${words(4, 23)}

   ${sentence(24)}

   \`\`\`sh
   echo "${words(2, 25)}" | sort --reverse
   \`\`\`
${number + 2}. ${words(5, 26)}

- [ ] ${words(4, 27)}
- [x] ${words(4, 28)} *done*
  - [x] ${words(3, 29)}
  - [ ] ${words(3, 30)} [link](/relative/${number}.md)
    and one more line of it
- [ ] ${words(4, 31)}

> ${sentence(32)}
> ${sentence(33)}
>
> > ${sentence(34)}
>
> - ${words(4, 35)}

### ${words(2, 36)}: a table

| Name | Share | Left | Notes |
| --- | ---: | :--- | :---: |
| ${words(1, 37)} | ${number * 3} % | ${words(2, 38)} | **${words(1, 39)}** or \`a \\| b\` |
| ${words(1, 40)} | ${number * 5} % | [${words(1, 41)}](https://example.com/t/${number}) | first<br>second |
| ${words(1, 42)} | | *${words(2, 43)}* | ${words(3, 44)} |

\`\`\`ts
// ${words(6, 45)}
export function ${words(1, 46)}${number}(input: readonly string[]): number {
  return input.filter((line) => line !== '\\\\' && !line.startsWith('# ')).length /* <b>not bold</b> */
}
\`\`\`

${words(4, 47)}  
${words(5, 48)}\\
${words(3, 49)}

![Plan of the ${words(1, 50)}](https://example.com/images/plan-${number}.png "Plan ${number}")

<figure data-align="center"><img src="/api/uploads/00112233445566778899aabbccddeeff" alt="the quay" width="60%"><figcaption>${words(4, 61)}</figcaption></figure>

<div class="file"><a href="/api/uploads/ffeeddccbbaa99887766554433221100" type="application/pdf" data-size="${number * 1000}">plan ${number}.pdf</a></div>

<details>
<summary>${words(2, 51)}</summary>
${sentence(52)}
</details>

<details>
<summary>${words(2, 53)} with <em>${words(1, 54)}</em></summary>

${sentence(55)} ==${words(2, 56)}== and <mark data-color="green">${words(1, 57)}</mark>, <span data-color="red">${words(1, 58)}</span>.

</details>

> [!WARNING]
> ${sentence(59)} Due <time datetime="2026-11-22">2026-11-22</time>, says [@${words(1, 60)}](mention:person/person-${number}).

<div class="columns">

<div class="column" data-width="40">

${sentence(61)}

</div>

<div class="column">

- ${words(3, 62)}

</div>

</div>

<div align="center">

The area is $\\pi r^2$, at 5$ or 6$.

</div>

$$
\\int_0^{${number}} x \\, dx
$$

***

[notes-${number}]: https://example.com/notes/${number} "Notes ${number}"
`
}
