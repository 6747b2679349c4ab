// The inbox, turn and outbox rows of the chat, whatever columns they have.
import { element } from "./bubbles.js";

const TITLES = { conversation: "Conversation", inbox: "Inbox", turns: "Turns", outbox: "Outbox" };
const STATE_COLUMNS = new Set(["state", "owner", "delivery_status"]);
const MOMENT = /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)(\.\d{1,3})?/;

function shown(value) {
  if (typeof value === "object") return JSON.stringify(value);
  const moment = typeof value === "string" ? MOMENT.exec(value) : null;
  return moment ? `${moment[1]}${moment[2] ?? ""} UTC` : String(value);
}

function card(row, changed) {
  const list = element("dl");
  for (const [column, value] of Object.entries(row)) {
    if (value === null || value === "") continue;
    const cell = element("dd", { dir: "auto", title: String(value) }, shown(value));
    if (STATE_COLUMNS.has(column)) cell.className = "state";
    if (column === "problem") cell.className = "problem-text";
    list.append(element("dt", {}, column.replaceAll("_", " ")), cell);
  }
  return element("article", { className: changed ? "row changed" : "row" }, list);
}

export class Rows {
  constructor(place, message) {
    this.place = place;
    this.message = message;
    this.clear();
  }

  clear() {
    this.before = "";
    this.seen = new Set();
    this.message.textContent = "";
    this.place.replaceChildren();
  }

  show(answer) {
    const now = JSON.stringify(answer);
    if (now === this.before) return;
    const isFirst = this.before === "";
    this.before = now;
    this.message.textContent = answer.message ?? "";
    const sections = [];
    for (const [name, title] of Object.entries(answer.rows ? TITLES : {})) {
      const rows = answer.rows[name] ?? [];
      const count = element("span", {}, String(rows.length));
      const section = element("section", {}, element("h3", {}, title, count));
      section.dataset.rows = name;
      if (!rows.length) section.append(element("p", { className: "none" }, "None yet"));
      for (const row of rows) {
        const content = `${name} ${JSON.stringify(row)}`;
        section.append(card(row, !isFirst && !this.seen.has(content)));
        this.seen.add(content);
      }
      sections.push(section);
    }
    this.place.replaceChildren(...sections);
  }
}
