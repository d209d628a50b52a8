export { DEEPEST_HEADING, documentExtensions } from './document-extensions.ts'
export { isSafeImage, isSafeLink } from './safe-url.ts'
export { FRAGMENT, SCHEMA_VERSION } from './schema-version.ts'
