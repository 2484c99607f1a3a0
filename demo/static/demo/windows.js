// The three roles side by side: each form opens a third of the screen, where there is room for that.
const ROLES = 3
const WIDE_ENOUGH = 1000

document.addEventListener("submit", ({ target: form, submitter }) => {
  if (!form.target || screen.availWidth < WIDE_ENOUGH) return
  const width = Math.floor(screen.availWidth / ROLES)
  const left = width * Number(submitter?.dataset.order ?? 0)
  // When the browser refuses, the form opens an ordinary tab by itself.
  window.open("about:blank", form.target, `popup,width=${width},height=${screen.availHeight},left=${left},top=0`)
})
