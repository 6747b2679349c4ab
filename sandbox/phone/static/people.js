// The chats: customers, each a person with a number, and the managers' own chat.
import { byId, element } from "./dom.js";
import { languageOf } from "./words.js";

const FIRST_CUSTOMER = { chat_id: "971501234567", name: "Aisha" };
const NUMBER = /^[1-9]\d{6,14}$/;
const NOT_A_NUMBER = "This is no phone number: write 7 to 15 digits, country code first, such as 971501234567.";

export class People {
  constructor(onOpen) {
    this.onOpen = onOpen;
    this.known = new Map([[FIRST_CUSTOMER.chat_id, FIRST_CUSTOMER]]);
    this.managerChat = "";
    this.open = localStorage.getItem("majlis.chat") ?? FIRST_CUSTOMER.chat_id;
    if (!this.known.has(this.open)) this.known.set(this.open, { chat_id: this.open, name: null });
    this.drawn = "";
    byId("add").addEventListener("submit", (event) => this.#add(event));
  }

  get isManagers() {
    return this.open === this.managerChat;
  }

  // The name that goes with a message: the managers' chat has none of its own.
  get name() {
    return this.known.get(this.open)?.name ?? null;
  }

  choose(chatId) {
    this.open = chatId;
    localStorage.setItem("majlis.chat", chatId);
    if (!this.known.has(chatId)) this.known.set(chatId, { chat_id: chatId, name: null });
    this.#draw();
    this.onOpen(chatId);
  }

  take({ chats, manager_chat_id: managerChat }) {
    this.managerChat = managerChat;
    if (managerChat && !this.known.has(managerChat)) this.known.set(managerChat, { chat_id: managerChat });
    for (const chat of chats) {
      const before = this.known.get(chat.chat_id);
      this.known.set(chat.chat_id, { ...before, ...chat, name: chat.name ?? before?.name });
    }
    this.#draw();
  }

  #title(person) {
    if (person.chat_id === this.managerChat) return "Managers' chat";
    return person.name || `+${person.chat_id}`;
  }

  #face(person) {
    if (person.chat_id === this.managerChat) return "M";
    return person.name ? [...person.name][0].toUpperCase() : person.chat_id.slice(-2);
  }

  #draw() {
    const people = [...this.known.values()];
    const now = JSON.stringify([people, this.open, this.managerChat]);
    if (now === this.drawn) return;
    this.drawn = now;
    const person = this.known.get(this.open);
    byId("face").textContent = this.#face(person);
    byId("face").classList.toggle("managers-face", this.isManagers);
    byId("chat-name").textContent = this.#title(person);
    byId("chat-name").classList.toggle("whole", this.#title(person).startsWith("+"));
    byId("chat-name").lang = languageOf(this.#title(person));
    byId("chat-number").textContent = person.name || this.isManagers ? `+${person.chat_id}` : "";
    const focused = document.activeElement?.dataset?.chat;
    const isCustomer = (other) => other.chat_id !== this.managerChat;
    const managers = people.filter((other) => !isCustomer(other));
    byId("chats").replaceChildren(...[...managers, ...people.filter(isCustomer)].map((each) => this.#entry(each)));
    if (focused) byId("chats").querySelector(`[data-chat="${CSS.escape(focused)}"]`)?.focus();
  }

  #entry(person) {
    const title = this.#title(person);
    const hint = person.chat_id === this.managerChat ? "Notices and commands" : `+${person.chat_id}`;
    const preview = person.preview || hint;
    const button = element(
      "button",
      { type: "button" },
      element("span", { className: "face", ariaHidden: "true" }, this.#face(person)),
      element("strong", { dir: "auto", lang: languageOf(title) }, title),
      element("small", { dir: "auto", lang: languageOf(preview) }, preview),
    );
    button.dataset.chat = person.chat_id;
    if (person.chat_id === this.managerChat) button.classList.add("managers");
    if (person.chat_id === this.open) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => this.choose(person.chat_id));
    return element("li", {}, button);
  }

  #add(event) {
    event.preventDefault();
    const field = byId("number");
    const number = field.value.replace(/[\s+()-]/g, "");
    const fits = NUMBER.test(number);
    byId("number-error").textContent = fits ? "" : NOT_A_NUMBER;
    field.setAttribute("aria-invalid", String(!fits));
    if (!fits) {
      field.focus();
      return;
    }
    const name = byId("name").value.trim();
    const before = this.known.get(number);
    this.known.set(number, { ...before, chat_id: number, name: name || before?.name || null });
    event.target.reset();
    this.choose(number);
    byId("text").focus();
  }
}
