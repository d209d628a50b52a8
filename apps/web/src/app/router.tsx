import { Outlet, createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { documentHere } from '../document/document-here.ts'
import { BrokenPage } from './broken-page.tsx'
import { NoSuchPage } from './no-such-page.tsx'

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NoSuchPage, errorComponent: BrokenPage })

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../home/home-page.tsx'), 'HomePage'),
})

const documentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/d/$documentId',
  component: lazyRouteComponent(() => import('../document/document-route.tsx'), 'DocumentRoute'),
})

export function createAppRouter() {
  let isLoaded = false
  return createRouter({
    routeTree: rootRoute.addChildren([homeRoute, documentRoute]),
    defaultPreload: 'intent',
    // A document's text is not there yet when its page is loaded: it goes to its place itself (return-to-place.ts).
    scrollRestoration: () => {
      const wasLoaded = isLoaded
      isLoaded = true
      return wasLoaded || documentHere() === undefined
    },
  })
}
