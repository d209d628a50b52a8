import { imageLook, imageWidth, isSafeImage, uploadIdOf } from '@tandem/schema'
import type { Node } from '@tiptap/pm/model'
import type { EditorView, NodeView } from '@tiptap/pm/view'
import type { BlockPanels } from '../blocks/block-panels.ts'
import { icon } from '../blocks/dom-icon.ts'
import { otherHostOf, pictureHosts } from './picture-hosts.ts'

/** A server that is busy is asked again so much later, each time. */
const AGAIN_AFTER_MS = [2_000, 6_000, 15_000]
const STEP = 5

/** A picture with its caption, or, of another server that this reader has not agreed to ask, a button that does; while it is selected, with a grip that sets its width and a button for everything else. */
export class ImageView implements NodeView {
  readonly dom = document.createElement('figure')
  readonly #frame = document.createElement('div')
  readonly #image = document.createElement('img')
  readonly #caption = document.createElement('figcaption')
  readonly #grip = document.createElement('button')
  readonly #options = document.createElement('button')
  readonly #ask = document.createElement('button')
  readonly #stopListening: () => void
  readonly #view: EditorView
  readonly #getPos: () => number | undefined
  #node: Node
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(node: Node, view: EditorView, getPos: () => number | undefined, panels: BlockPanels) {
    this.#node = node
    this.#view = view
    this.#getPos = getPos
    this.dom.className = 'image'
    this.#frame.className = 'image-frame'
    this.#image.loading = 'lazy'
    this.#image.addEventListener('error', () => this.#onError())
    this.#image.addEventListener('load', () => this.dom.classList.remove('image-broken'))
    this.#buildGrip()
    this.#options.type = 'button'
    this.#options.className = 'image-options'
    this.#options.setAttribute('aria-label', 'Picture options')
    this.#options.append(icon('sliders'))
    this.#options.addEventListener('mousedown', (event) => event.preventDefault())
    this.#options.addEventListener('click', () => panels.show({ kind: 'image', anchor: this.#frame, getPos }))
    this.#ask.type = 'button'
    this.#ask.className = 'image-ask'
    this.#ask.addEventListener('mousedown', (event) => event.preventDefault())
    this.#ask.addEventListener('click', () => pictureHosts().allow(this.#waitsFor ?? ''))
    this.#stopListening = pictureHosts().listen(() => {
      if (!this.#ask.hidden) this.#draw()
    })
    this.#frame.append(this.#image, this.#ask, this.#options, this.#grip)
    this.dom.append(this.#frame, this.#caption)
    this.#draw()
    this.deselectNode()
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    this.#node = node
    this.#draw()
    return true
  }

  selectNode(): void {
    this.dom.classList.add('ProseMirror-selectednode')
    for (const button of [this.#grip, this.#options]) button.hidden = !this.#view.editable
  }

  deselectNode(): void {
    this.dom.classList.remove('ProseMirror-selectednode')
    for (const button of [this.#grip, this.#options]) button.hidden = true
  }

  stopEvent(event: Event): boolean {
    const target = event.target as HTMLElement
    return [this.#grip, this.#options, this.#ask].some((button) => button.contains(target))
  }

  ignoreMutation(): boolean {
    return true
  }

  destroy(): void {
    clearTimeout(this.#timer)
    this.#stopListening()
  }

  /** The server that would have to be asked for the picture, and may not be. */
  get #waitsFor(): string | undefined {
    const src: unknown = this.#node.attrs['src']
    const host = isSafeImage(src) ? otherHostOf(src, document.baseURI) : undefined
    return host !== undefined && pictureHosts().has(host) ? undefined : host
  }

  #draw(): void {
    const { src, alt, title } = this.#node.attrs
    const { caption, width, align } = imageLook(this.#node.attrs)
    const waitsFor = this.#waitsFor
    const url = isSafeImage(src) && waitsFor === undefined ? src : ''
    if (this.#image.getAttribute('src') !== url) {
      this.#tries = 0
      clearTimeout(this.#timer)
      if (url === '') this.#image.removeAttribute('src')
      else this.#image.src = url
      this.dom.classList.toggle('image-broken', url === '' && waitsFor === undefined)
    }
    this.dom.classList.toggle('image-waiting', waitsFor !== undefined)
    this.#ask.hidden = waitsFor === undefined
    this.#ask.textContent = waitsFor === undefined ? '' : `Show pictures from ${waitsFor}`
    this.#image.alt = typeof alt === 'string' ? alt : ''
    this.#image.title = typeof title === 'string' ? title : ''
    this.#caption.textContent = caption
    this.#caption.hidden = caption === ''
    this.dom.dataset['side'] = align ?? 'left'
    this.#show(width)
  }

  #show(width: number | undefined): void {
    this.dom.style.width = width === undefined ? '' : `${width}%`
    const shown = width ?? this.#measured()
    this.#grip.setAttribute('aria-valuenow', `${shown}`)
    this.#grip.setAttribute('aria-valuetext', `${shown} % of the text's width`)
  }

  #measured(): number {
    const whole = this.dom.parentElement?.getBoundingClientRect().width ?? 0
    return (whole > 0 && imageWidth((this.dom.getBoundingClientRect().width / whole) * 100)) || 100
  }

  #buildGrip(): void {
    this.#grip.type = 'button'
    this.#grip.className = 'image-grip'
    this.#grip.setAttribute('role', 'slider')
    this.#grip.setAttribute('aria-label', 'Width of the picture')
    this.#grip.setAttribute('aria-valuemin', '10')
    this.#grip.setAttribute('aria-valuemax', '100')
    this.#grip.addEventListener('pointerdown', (event) => this.#drag(event))
    this.#grip.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP }[event.key]
      const end = { Home: 10, End: 100 }[event.key]
      if (event.key === 'Escape') this.#view.focus()
      else if (step !== undefined || end !== undefined)
        this.#write(end ?? (imageLook(this.#node.attrs).width ?? this.#measured()) + (step ?? 0))
      else return
      event.preventDefault()
    })
  }

  /** Shown while it is dragged, written once, when it is let go. */
  #drag(event: PointerEvent): void {
    event.preventDefault()
    const whole = this.dom.parentElement?.getBoundingClientRect().width ?? 0
    const from = this.dom.getBoundingClientRect().width
    if (whole === 0 || event.button !== 0) return
    // In the middle it grows on both sides; on the right, to the left.
    const { align } = imageLook(this.#node.attrs)
    const factor = align === 'center' ? 2 : align === 'right' ? -1 : 1
    const widthAt = ({ clientX }: PointerEvent) =>
      imageWidth(((from + (clientX - event.clientX) * factor) / whole) * 100)
    let width: number | undefined
    const move = (moved: PointerEvent) => this.#show((width = widthAt(moved)))
    const end = (ended: PointerEvent) => {
      this.#grip.removeEventListener('pointermove', move)
      this.#grip.removeEventListener('pointerup', end)
      this.#grip.removeEventListener('pointercancel', end)
      if (ended.type === 'pointerup' && width !== undefined) this.#write(width)
      else this.#show(imageLook(this.#node.attrs).width)
    }
    this.#grip.setPointerCapture(event.pointerId)
    this.#grip.addEventListener('pointermove', move)
    this.#grip.addEventListener('pointerup', end)
    this.#grip.addEventListener('pointercancel', end)
  }

  #write(asked: number): void {
    const at = this.#getPos()
    const width = imageWidth(asked)
    if (at === undefined || width === undefined || !this.#view.editable) return
    this.#view.dispatch(this.#view.state.tr.setNodeAttribute(at, 'width', width))
  }

  #onError(): void {
    this.dom.classList.add('image-broken')
    const pause = AGAIN_AFTER_MS[this.#tries]
    const src: unknown = this.#node.attrs['src']
    if (pause === undefined || uploadIdOf(src) === undefined) return
    this.#tries += 1
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#image.src = '' // the same address again is no new question
      this.#image.src = String(src)
    }, pause)
  }
}
