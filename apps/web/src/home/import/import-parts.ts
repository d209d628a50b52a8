// What the home page needs only once a file comes: one chunk. Whatever is used after the document was made is here before.
export { bringPictures } from './bring-pictures.ts'
export { readFile } from './read-file.ts'
