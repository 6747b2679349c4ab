// Rows of the database as cards, whatever columns they have.
import { Drawn, element } from "./dom.js";
import { formatted } from "./bubbles.js";
import { secondsOf } from "./words.js";

const TITLES = { conversation: "Conversation", inbox: "Inbox", turns: "Turns", outbox: "Outbox" };
const STATE_COLUMNS = new Set(["state", "owner", "delivery_status", "stage", "outcome"]);
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

function shown(value) {
  if (Array.isArray(value)) return value.map(shown).join("\n");
  if (typeof value === "object") {
    return Object.entries(value ?? {}).map(([name, item]) => `${name.replaceAll("_", " ")}: ${shown(item)}`).join(", ");
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" && MOMENT.test(value) ? secondsOf(value) : String(value);
}

const isEmpty = (value) => value === null || value === "" || (Array.isArray(value) && value.length === 0);

export function card(row, { changed = false, title = "" } = {}) {
  const list = element("dl");
  for (const [column, value] of Object.entries(row)) {
    if (isEmpty(value)) continue;
    const cell = element("dd", { dir: "auto", title: String(shown(value)) }, ...formatted(shown(value)));
    if (STATE_COLUMNS.has(column)) cell.className = "state";
    if (column === "problem") cell.className = "problem-text";
    list.append(element("dt", {}, column.replaceAll("_", " ")), cell);
  }
  const made = element("article", { className: changed ? "row changed" : "row" });
  if (title) made.append(element("h4", { dir: "auto" }, title));
  made.append(list);
  return made;
}

export function section(name, title, count, ...content) {
  const head = element("h3", {}, title);
  if (count !== null) head.append(element("span", { ariaLabel: `, ${count}` }, String(count)));
  const made = element("section", {}, head, ...content);
  made.dataset.rows = name;
  return made;
}

export const hint = (words) => element("p", { className: "none" }, words);

// Sections of cards; a card that was not there at the last look is marked for a moment.
export class Cards {
  constructor(place) {
    this.drawn = new Drawn(place);
    this.seen = new Set();
  }

  clear() {
    this.seen = new Set();
    this.drawn.clear();
  }

  show(titles, rows, makeCard = (name, row, options) => card(row, options)) {
    const isFirst = this.drawn.before === null;
    this.drawn.show(rows, () => Object.entries(titles).map(([name, { title, none }]) => {
      const found = rows[name] ?? [];
      const cards = found.map((row) => {
        const content = `${name} ${JSON.stringify(row)}`;
        const changed = !isFirst && !this.seen.has(content);
        this.seen.add(content);
        return makeCard(name, row, { changed });
      });
      return section(name, title, found.length, ...(cards.length ? cards : [hint(none)]));
    }));
  }
}

export class Rows {
  constructor(place) {
    this.cards = new Cards(place);
    this.titles = Object.fromEntries(
      Object.entries(TITLES).map(([name, title]) => [name, { title, none: "None yet" }]),
    );
  }

  clear() {
    this.cards.clear();
  }

  show(rows) {
    this.cards.show(this.titles, rows);
  }
}
