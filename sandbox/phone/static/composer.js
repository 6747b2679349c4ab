// Writing: as the customer, or as the manager who answers in the customer's chat; one after the other.
import { ask, post, query } from "./api.js";
import { byId } from "./dom.js";

const BURSTS = {
  en: ["Hi", "I need chairs", "black, under 500 AED"],
  ar: ["السلام عليكم", "ابغى كراسي", "لونها اسود تحت ٥٠٠ درهم"],
};
const HINTS = {
  customer: "Write a message",
  manager: "Answer as Sara, a manager",
  managers: "Write a command, such as help",
};
const EMPTY = {
  customer: "No messages yet. Write below as the customer would, for example “I need 20 chairs, black, under 500 AED”,"
    + " or send a ready burst.",
  managers: "No messages yet. Majlis tells its managers here when a chat is handed over. Write “help” to see what"
    + " it takes from them.",
};
const MOST_BYTES = 10 * 1024 * 1024;

export class Composer {
  constructor(people, { onSent, onProblem }) {
    this.people = people;
    this.onSent = onSent;
    this.onProblem = onProblem;
    this.field = byId("text");
    this.waiting = Promise.resolve();
    this.#listen();
    this.setWriter("customer");
  }

  get words() {
    return this.field.value.trim();
  }

  clearWords() {
    this.field.value = "";
    this.#fit();
  }

  // One after another, so that a burst arrives in the order in which it was written.
  queue(send, onFailure = () => {}) {
    this.waiting = this.waiting.then(send).then(
      () => {
        this.onProblem("");
        return this.onSent();
      },
      (error) => {
        this.onProblem(`Not sent. ${error.message}`);
        onFailure();
      },
    );
    return this.waiting;
  }

  write(text, onFailure) {
    const body = { ...this.#whose(), text };
    return this.queue(() => post("/phone/messages", body), onFailure);
  }

  tap(message, button) {
    return this.queue(() => post("/phone/tap", { message_id: message.message_id, button }));
  }

  sample(kind, words) {
    const body = { ...this.#whose(), kind, words: words || null };
    return this.queue(() => post("/phone/samples", body));
  }

  record(recording, words) {
    const path = query("/phone/recordings", { ...this.#whose(), words: words || null });
    const options = { method: "POST", headers: { "Content-Type": recording.type }, body: recording };
    return this.queue(() => ask(path, options));
  }

  setWriter(writer) {
    this.writer = writer;
    const isManager = writer === "manager";
    document.querySelector(`input[name="writer"][value="${writer}"]`).checked = true;
    byId("composer").classList.toggle("as-manager", isManager);
    for (const button of document.querySelectorAll(".samples [data-customer]")) button.hidden = isManager;
    this.showPlace();
  }

  // What fits the open chat: in the managers' own chat there is nobody to be but the manager.
  showPlace() {
    const isManagers = this.people.isManagers;
    byId("writers").hidden = isManagers;
    byId("samples").hidden = isManagers;
    byId("empty").textContent = EMPTY[isManagers ? "managers" : "customer"];
    this.field.placeholder = HINTS[isManagers ? "managers" : this.writer];
  }

  // In which chat, by whom and under which name: the same for whatever begins a chat.
  #whose() {
    return { chat_id: this.people.open, name: this.people.name, writer: this.writer };
  }

  #attach(file) {
    if (file.size > MOST_BYTES) {
      this.onProblem(`Not sent. ${file.name} is larger than 10 MB.`);
      return;
    }
    const path = query("/phone/files", { ...this.#whose(), filename: file.name });
    const type = file.type || "application/octet-stream";
    this.queue(() => ask(path, { method: "POST", headers: { "Content-Type": type }, body: file }));
  }

  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
  }

  #listen() {
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      const words = this.words;
      if (!words) return;
      this.clearWords();
      this.write(words, () => {
        if (this.field.value) return;
        this.field.value = words;
        this.#fit();
      });
    });
    this.field.addEventListener("input", () => this.#fit());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      byId("composer").requestSubmit();
    });
    byId("file").addEventListener("change", (event) => {
      for (const file of event.target.files) this.#attach(file);
      event.target.value = "";
    });
    for (const button of document.querySelectorAll("[data-burst]")) {
      button.addEventListener("click", () => BURSTS[button.dataset.burst].forEach((text) => this.write(text)));
    }
    for (const button of document.querySelectorAll("[data-sample]")) {
      button.addEventListener("click", () => this.sample(button.dataset.sample));
    }
    for (const choice of document.querySelectorAll('input[name="writer"]')) {
      choice.addEventListener("change", () => {
        this.setWriter(choice.value);
        this.onProblem("");
      });
    }
  }
}
