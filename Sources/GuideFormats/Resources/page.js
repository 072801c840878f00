"use strict"
{
  const { day, zone, kept } = document.body.dataset
  const path = location.pathname
  const workers = navigator.serviceWorker
  const opened = Date.now()

  // Today where the client is. Swedes write dates as ISO 8601 does.
  function today() {
    try { return new Date().toLocaleDateString("sv", { timeZone: zone }) } catch { return new Date().toLocaleDateString("sv") }
  }
  const date = today()

  function reload() {
    if (navigator.onLine || workers?.controller) location.reload()
  }
  setInterval(() => { if (!kept && today() !== date) reload() }, 30_000)
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (today() !== date || Date.now() - opened > 600_000)) reload()
  })
  workers?.register(path + "/worker.js", { scope: path }).catch(() => {})

  if (kept) {
    const note = document.getElementById("kept")
    const { lang } = document.documentElement
    const own = navigator.languages.find(one => one.startsWith(lang)) || lang
    const parts = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }
    note.querySelector("time").textContent = new Date(kept).toLocaleString(own, parts)
    note.hidden = false
    if (date !== day) {
      document.querySelector(".do:has(.steps)")?.setAttribute("hidden", "")
      const rows = [...document.querySelectorAll(".list li")]
      const old = rows.findIndex(row => row.matches(".now"))
      const now = rows[old + (Date.parse(date) - Date.parse(day)) / 86_400_000]
      if (old >= 0 && now) {
        rows[old].className = ""
        now.className = "now"
        note.querySelector("ul").append(now.cloneNode(true))
      }
    }
    addEventListener("online", reload)
  }

  // What was ticked off stays so for the day, where the browser lets a page keep anything.
  try {
    const own = `ticks ${path} `
    const key = own + day
    for (const old of Object.keys(localStorage)) if (old.startsWith(own) && old !== key) localStorage.removeItem(old)
    const boxes = [...document.querySelectorAll("[data-step]")]
    const ticked = JSON.parse(localStorage.getItem(key) || "[]")
    for (const box of boxes) {
      box.checked = ticked.includes(box.dataset.step)
      box.addEventListener("change", () => {
        localStorage.setItem(key, JSON.stringify(boxes.filter(box => box.checked).map(box => box.dataset.step)))
      })
    }
  } catch {}
}
