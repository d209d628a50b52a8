// Builds apps/web/dist if it is not what its sources say.
import { buildPage } from './parts/workspace.mjs'

buildPage()
