// What an editor needs only once a file comes: one chunk, after the text.
export { HeldPictures } from './held-pictures.ts'
export { sendUpload } from './send-upload.ts'
export { UploadPlaceholder } from './upload-placeholder.ts'
export { UploadQueue } from './upload-queue.ts'
