// Business time: what it is, jumping ahead, and how long the chat's 24-hour window is still open.
import { ask, post, query } from "./api.js";
import { byId } from "./dom.js";
import { durationOf, momentOf, setTimeZone, zoneName } from "./words.js";

const UNITS = { h: 3600, d: 86_400, m: 60 };
const JUMP = /^\+?\s*(\d+(?:\.\d+)?)\s*(m|h|d)$/i;
const NOT_A_JUMP = "Write how far ahead, such as 90m, 25h or 3d. Time never goes back.";

export class Clock {
  constructor(people, { onJump, onProblem }) {
    this.people = people;
    this.onJump = onJump;
    this.onProblem = onProblem;
    byId("clock").addEventListener("click", () => (byId("clock-panel").hidden ? this.#open() : this.#close()));
    byId("clock-panel").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
    // Whoever goes on elsewhere is done with it.
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".clock")) this.#hide();
    });
    document.querySelector(".clock").addEventListener("focusout", (event) => {
      if (event.relatedTarget && !event.relatedTarget.closest(".clock")) this.#hide();
    });
    for (const button of document.querySelectorAll("[data-jump]")) {
      button.addEventListener("click", () => this.#jump(Number(button.dataset.jump)));
    }
    byId("jump").addEventListener("submit", (event) => {
      event.preventDefault();
      const found = JUMP.exec(byId("jump-by").value.trim());
      byId("jump-error").textContent = found ? "" : NOT_A_JUMP;
      byId("jump-by").setAttribute("aria-invalid", String(!found));
      if (!found) {
        byId("jump-by").focus();
        return;
      }
      byId("jump-by").value = "";
      this.#jump(Number(found[1]) * UNITS[found[2].toLowerCase()]);
    });
  }

  async refresh() {
    const asked = this.people.open;
    const answer = await ask(query("/phone/clock", { chat_id: asked }));
    if (asked === this.people.open) this.#show(answer);
  }

  #show(answer) {
    setTimeZone(answer.timezone);
    const ahead = answer.offset_seconds >= 60 ? ` (${durationOf(answer.offset_seconds)} ahead)` : "";
    byId("clock-now").textContent = momentOf(answer.now);
    byId("clock-ahead").textContent = ahead;
    byId("clock-zone").textContent = `Time of the business, in ${zoneName()}`;
    const left = answer.window_closes_at === null
      ? null : (new Date(answer.window_closes_at) - new Date(answer.now)) / 1000;
    const shown = byId("window-left");
    shown.dataset.window = left === null ? "none" : left > 0 ? "open" : "closed";
    const words = left === null
      ? "No window: nothing written yet"
      : left > 0 ? `Window open for ${durationOf(left)}` : "Window closed: templates only";
    if (shown.textContent !== words) shown.textContent = words;
  }

  async #jump(seconds) {
    try {
      this.#show(await post(query("/phone/clock", { chat_id: this.people.open }), { advance_seconds: seconds }));
      this.onProblem("");
      byId("clock-told").textContent = `It is now ${byId("clock-now").textContent}.`;
      this.onJump();
    } catch (error) {
      this.onProblem(`Time did not move. ${error.message}`);
    }
  }

  #open() {
    byId("clock-panel").hidden = false;
    byId("clock").setAttribute("aria-expanded", "true");
    byId("clock-told").textContent = "";
    byId("clock-panel").querySelector("button").focus();
  }

  #close() {
    this.#hide();
    byId("clock").focus();
  }

  #hide() {
    byId("clock-panel").hidden = true;
    byId("clock").setAttribute("aria-expanded", "false");
  }
}
