/// <reference types="astro/client" />

declare namespace App {
  interface Locals {
    /** What the page is handed, in the type that its route has in `api/domain/pages.ts` (or `screens.ts`). */
    page: unknown
  }
}

/** The script of the public pages, made by `site/adapter/live-script.mjs`. */
declare module 'virtual:live-script' {
  const script: string
  export default script
}
