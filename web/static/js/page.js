// What the server told this page: who is here, addresses, words in the reader's language.
const element = globalThis.document?.getElementById("page-facts")

export const facts = element ? JSON.parse(element.textContent) : { person: null, urls: {}, words: {}, map: null }
export const { person, urls, words } = facts
