import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pngOf } from '../support/pictures.ts'
import { must, type Attack } from './attack.ts'
import type { Scene } from './scene.ts'
import { mustBeHarmless, Uploader } from './uploader.ts'

const NOT_THERE = '0'.repeat(32)
const SCRIPT = '<script>fetch("/evil")</script>'

/** Somebody who may write into the victim's document. */
async function uploader({ target }: Scene): Promise<Uploader> {
  return new Uploader(target, await target.guest())
}

/** Pages and programs, with every name and type that could make a browser run them. */
export const A45: Attack = {
  id: 'A45',
  attack:
    'SVG, HTML, XML, PDF and JavaScript as files, each said to be a picture, a page and itself; pictures with a page behind or in them',
  passes:
    'files come as attachments of no type, nosniff, CSP sandbox; pictures are written anew (nothing of the page is in them) or refused',
  async run(scene) {
    const by = await uploader(scene)
    const pages = {
      'x.svg': `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('/evil')"/>`,
      'x.html': `<!doctype html>${SCRIPT}`,
      'x.xml': `<?xml version="1.0"?><?xml-stylesheet href="/evil"?><x xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</x>`,
      'x.pdf': '%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj',
      'x.js': 'fetch("/evil")',
    }
    let attachments = 0
    for (const [name, content] of Object.entries(pages)) {
      for (const type of ['image/png', 'image/svg+xml', 'text/html', 'multipart/form-data; boundary=x']) {
        for (const called of [name, `${name}.png`, `x.png\0${name}`]) {
          const { url, status } = await by.send(scene.documentId, Buffer.from(content), { name: called, type })
          must(url !== undefined, `${name} as ${type} was answered ${status}`)
          for (const suffix of ['', '?download', '?type=text/html']) {
            const opened = await by.open(url + suffix)
            mustBeHarmless(opened, name)
            const { 'content-type': served, 'content-disposition': how = '' } = opened.headers
            must(served === 'application/octet-stream', `${name} is served as ${served}`)
            must(how.startsWith('attachment; '), `${name} is served as ${how}`)
            attachments += 1
          }
        }
      }
    }
    const png = pngOf(40, 30)
    const hidden = Buffer.from(`<!doctype html>${SCRIPT}`)
    const polyglots = {
      'a page behind a PNG': Buffer.concat([png, hidden]),
      'a page in a chunk of a PNG': Buffer.concat([png.subarray(0, 33), textChunk(hidden), png.subarray(33)]),
      'a page in the size of a GIF': Buffer.concat([Buffer.from('GIF89a/*'), hidden, Buffer.from('*/=1;')]),
      'the head of a JPEG before a page': Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), hidden]),
    }
    let anew = 0
    let refused = 0
    for (const [what, content] of Object.entries(polyglots)) {
      const { url, status } = await by.send(scene.documentId, content, { name: 'x.html', type: 'text/html' })
      if (url === undefined) {
        must(status === 422, `${what} was answered ${status}`)
        refused += 1
        continue
      }
      const opened = await by.open(url)
      mustBeHarmless(opened, what)
      must(opened.headers['content-type'] === 'image/png', `${what} is served as ${opened.headers['content-type']}`)
      must(!opened.body.includes('script'), `${what}: the page is still in it`)
      anew += 1
    }
    scene.nothingHappened()
    return { attachments, anew, refused }
  },
}

function textChunk(data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.byteLength)
  return Buffer.concat([length, Buffer.from('tEXt'), data, Buffer.alloc(4)]) // of optional chunks the check is not looked at
}

/** Names that mean something to some file system. */
export const A46: Attack = {
  id: 'A46',
  attack:
    'names with ../, absolute, NUL, CON, 4 KB, dots of Unicode, line breaks; a ZIP with a symlink; ids that are paths',
  passes:
    'stored under random ids alone; 0 files outside of the folder; the name in one header, which nothing breaks out of',
  async run(scene) {
    const { target, documentId } = scene
    const by = await uploader(scene)
    const evil = `evil-${randomBytes(6).toString('hex')}`
    const outside = (): string[] => readdirSync(target.folder).filter((name) => !name.startsWith('tandem.db'))
    const before = outside()
    const names = [
      `../../${evil}`,
      `..\\..\\${evil}`,
      `/tmp/${evil}`,
      `C:\\${evil}`,
      `${evil}\0.png`,
      'CON',
      'nul.txt',
      `${evil}${'x'.repeat(4_096)}`,
      `‥/․․/${evil}`,
      `%2e%2e%2f${evil}`,
      `a\r\nset-cookie: ${evil}=1\r\n\r\n${SCRIPT}`,
      `"; filename=${evil}`,
      '.',
      '',
    ]
    for (const name of names) {
      const { url, status } = await by.send(documentId, Buffer.from(name), { name })
      must(url !== undefined, `${JSON.stringify(name.slice(0, 40))} was answered ${status}`)
      const { headers } = await by.open(url)
      must(headers['set-cookie'] === undefined, 'a name became a header')
      const disposition = headers['content-disposition'] ?? ''
      const isWhole = /^attachment; filename="[^"\\]*"; filename\*=UTF-8''[\w%.~!-]*$/.test(disposition)
      must(isWhole, `a name broke out of its header: ${disposition.slice(0, 200)}`)
    }
    // A symbolic link to /etc/passwd, as Info-ZIP stores one. Nothing here ever unpacks it.
    const { url: zipped } = await by.send(documentId, ZIP_WITH_LINK, { name: 'link.zip' })
    must(zipped !== undefined && (await by.open(zipped)).body.equals(ZIP_WITH_LINK), 'the ZIP is another one now')
    for (const id of [
      '..%2f..%2ftandem.db',
      '%2e%2e%2ftandem.db',
      `..%5c${NOT_THERE}`,
      `${NOT_THERE}%00`,
      'secret-key',
    ])
      must((await by.open(`/api/uploads/${id}`)).status === 404, `${id} was opened`)
    const uploads = join(target.folder, 'uploads')
    const stored = readdirSync(uploads, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    const strange = stored.filter(
      ({ name, parentPath }) => !/^[0-9a-f]{32}$/.test(name) || !parentPath.endsWith(name.slice(0, 2)),
    )
    must(strange.length === 0, `${strange.length} files have names of their own`)
    const added = outside().filter((name) => name !== 'uploads' && !before.includes(name))
    must(added.length === 0, `outside of the folder: ${added.join(', ')}`)
    for (const path of [join(target.folder, '..', evil), `/tmp/${evil}`, join(uploads, evil)])
      must(!existsSync(path), `${path} was written`)
    scene.nothingHappened()
    return { names: names.length, filesOutside: added.length }
  },
}

const ZIP_WITH_LINK = Buffer.from(
  'UEsDBAoAAAAAAAAAIQDlsUVYCwAAAAsAAAAEAAAAbGluay9ldGMvcGFzc3dkUEsBAh4DCgAAAAAAAAAhAOWxRVgLAAAACwAAAAQAAAAAAAAAAAAAAP+hAAAAAGxpbmtQSwUGAAAAAAEAAQAyAAAALQAAAAAA',
  'base64',
)
