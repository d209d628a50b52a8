import { Outlet, createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
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
  return createRouter({
    routeTree: rootRoute.addChildren([homeRoute, documentRoute]),
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}
