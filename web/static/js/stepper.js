// A minus and a plus beside a number field; without this the field is enough.
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
    const step = by => {
      input.stepUp(by)
      input.dispatchEvent(new Event("change", { bubbles: true }))
    }
    this.prepend(button("−", words.fewer, () => step(-1)))
    this.append(button("+", words.more, () => step(1)))
  }
}

customElements.define("number-stepper", NumberStepper)
