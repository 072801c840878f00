"use strict"

// Keeps the one guide whose path is this worker's scope, for when the store can't be reached. A link that opens nothing any
// more takes the guide with it.
const page = new URL(registration.scope).pathname
const name = "guide " + page

async function keep(text, response) {
    const headers = new Headers(response.headers)
    headers.set("Kept-At", new Date().toISOString())
    const cache = await caches.open(name)
    await cache.put(page, new Response(text, { headers }))
}

async function kept() {
    const response = await caches.match(page, { cacheName: name })
    if (!response) return
    const text = await response.text()
    const since = `<body data-kept="${response.headers.get("Kept-At")}" `
    return new Response(text.replace("<body ", () => since), { headers: response.headers })
}

async function forget() {
    await caches.delete(name)
    await registration.unregister()
}

async function answer() {
    let answer = Response.error()
    try {
        const response = await fetch(page, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(10_000) })
        const text = await response.text()
        answer = new Response(text, response)
        if (response.ok) await keep(text, response)
        if (response.status === 404 || response.status === 410) await forget()
        if (response.status < 500) return answer
    } catch {}
    return (await kept()) ?? answer
}

addEventListener("install", event => {
    skipWaiting()
    event.waitUntil(answer())
})
addEventListener("activate", event => event.waitUntil(clients.claim()))
addEventListener("fetch", event => {
    const isPage = event.request.mode === "navigate" && new URL(event.request.url).pathname === page
    if (isPage) event.respondWith(answer())
})
