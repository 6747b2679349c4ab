// The sale of the chat, and what the dialogue holds: stage, owner, what is known, quotes, slots, events.
import { Drawn, element } from "./dom.js";
import { Cards, card } from "./rows.js";

const STAGES = ["greeting", "qualifying", "selecting", "quoting", "negotiating", "closing", "follow_up"];
const SALE = {
  facts: { title: "Known of the customer", none: "Nothing yet. Write: Ahmed from Al Noor Trading LLC, ahmed@alnoor.ae" },
  basket: { title: "Chosen", none: "Nothing yet. After a list, write: the first one, 4 pieces" },
  quotes: { title: "Quotes", none: "None yet. Write: send me a quote" },
  orders: { title: "Orders", none: "None yet. After a quote, write: confirm the order" },
  follow_ups: { title: "Follow-ups", none: "None yet. They come days after a quote that nobody answered" },
  consents: { title: "Reminders allowed?", none: "Not asked yet" },
};
const DIALOGUE = {
  slots: { title: "Slots", none: "None is filled" },
  events: { title: "Last events", none: "None yet" },
};

const words = (name) => name.replaceAll("_", " ");

export class Sale {
  constructor(place, onOwner) {
    this.head = element("div", { className: "sale-head" });
    this.drawnHead = new Drawn(this.head);
    const cards = element("div");
    place.append(this.head, cards);
    this.cards = new Cards(cards);
    this.onOwner = onOwner;
  }

  clear() {
    this.drawnHead.clear();
    this.cards.clear();
    this.onOwner(null);
  }

  show(rows) {
    const [sale] = rows.sale ?? [];
    const [conversation] = rows.conversation ?? [];
    this.drawnHead.show([sale, conversation?.owner, conversation?.owner_reason, conversation?.reply_language], () =>
      (sale ? [this.#stages(sale), this.#state(sale, conversation)] : []));
    this.cards.show(SALE, Object.fromEntries(Object.keys(SALE).map((name) => [name, rows[name]])));
    this.onOwner(conversation ?? null, sale ?? null);
  }

  #stages(sale) {
    const now = STAGES.indexOf(sale.stage);
    const list = element("ol", { className: "stages", ariaLabel: "Stages of the sale" });
    STAGES.forEach((stage, index) => {
      const made = element("li", {}, words(stage));
      if (index < now) made.className = "past";
      if (index === now) made.setAttribute("aria-current", "step");
      list.append(made);
    });
    return list;
  }

  #state(sale, conversation) {
    const { moves } = sale;
    const state = { outcome: sale.outcome, owner: conversation.owner, managers_code: sale.code };
    if (conversation.owner_reason) state.because = words(conversation.owner_reason);
    state.answers_in = { en: "English", ar: "Gulf Arabic" }[conversation.reply_language] ?? "English";
    if (moves?.length) {
      state.last_moves = moves.slice(0, 4).map((move) => `${words(move.from)} → ${words(move.to)} (${words(move.reason)})`);
    }
    return card(state);
  }
}

export class Dialogue {
  constructor(place) {
    this.cards = new Cards(place);
  }

  clear() {
    this.cards.clear();
  }

  show(rows) {
    this.cards.show(DIALOGUE, { slots: rows.slots, events: rows.events }, (name, row, options) => {
      if (name === "slots") return card(row, options);
      const { id, event, action, ...rest } = row;
      const title = event === "action" ? action : action ? `${words(event)}: ${action}` : words(event);
      return card(rest, { ...options, title });
    });
  }
}
