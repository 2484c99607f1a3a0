// A minus and a plus beside a number field; without this the field is enough. `data-zero` is what nothing is called.
import { words } from "detour/page"

function button(text, name, press) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text })
  made.setAttribute("aria-label", name)
  made.addEventListener("click", press)
  return made
}

class NumberStepper extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input")
    if (this.querySelector("button")) return
    const step = by => {
      input.stepUp(by)
      input.dispatchEvent(new Event("change", { bubbles: true }))
    }
    this.prepend(button("−", words.fewer, () => step(-1)))
    this.append(button("+", words.more, () => step(1)))
    if (this.dataset.zero) this.#nameZero(input)
  }

  #nameZero(input) {
    const name = Object.assign(document.createElement("output"), { className: "tag tag--good" })
    const show = () => {
      name.textContent = this.dataset.zero
      name.hidden = input.value !== "0"
    }
    this.append(name)
    input.addEventListener("input", show)
    input.addEventListener("change", show)
    show()
  }
}

customElements.define("number-stepper", NumberStepper)
