// <wake-me data-key>: lets this browser be woken while no page is open. Asks its owner first, then tells our server.
import { post } from "detour/api"
import { toast } from "detour/toast"

const bytes = text => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(plain, letter => letter.charCodeAt(0))
}

class WakeMe extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button")
    const canPush = "serviceWorker" in navigator && "PushManager" in window
    button.hidden = !canPush
    this.querySelector("[data-without]").hidden = canPush
    button.addEventListener("click", () => this.#subscribe(button))
  }

  async #subscribe(button) {
    button.disabled = true
    try {
      const { endpoint, keys } = (await this.#subscription()).toJSON()
      await post("push/", { endpoint, p256dh: keys.p256dh, auth: keys.auth })
      location.reload()
    } catch (error) {
      toast(error.name === "NotAllowedError" ? this.dataset.refused : error.message)
      button.disabled = false
    }
  }

  async #subscription() {
    await navigator.serviceWorker.register("/sw.js")
    const { pushManager } = await navigator.serviceWorker.ready
    const wanted = { userVisibleOnly: true, applicationServerKey: bytes(this.dataset.key) }
    try {
      return await pushManager.subscribe(wanted)
    } catch (error) {
      const old = error.name === "InvalidStateError" && (await pushManager.getSubscription())
      if (!old) throw error
      await old.unsubscribe() // it belongs to another key of the site
      return pushManager.subscribe(wanted)
    }
  }
}

customElements.define("wake-me", WakeMe)
