// Calls of this chat to language models, with what they cost.
import { element } from "./dom.js";
import { Cards, card } from "./rows.js";

const CALLS = {
  model_calls: { title: "Model calls", none: "None yet. A model is asked only off the script: write something unusual" },
};
const dollars = (amount) => `$${Number(amount).toFixed(4)}`;

export class Model {
  constructor(place) {
    this.sum = element("p", { className: "sum" });
    const cards = element("div");
    place.append(this.sum, cards);
    this.cards = new Cards(cards);
  }

  clear() {
    this.sum.textContent = "";
    this.cards.clear();
  }

  show(rows) {
    const calls = rows.model_calls ?? [];
    const total = (name) => calls.reduce((sum, call) => sum + Number(call[name] ?? 0), 0);
    this.sum.textContent = calls.length
      ? `${calls.length} calls, ${total("input_tokens") + total("output_tokens")} tokens, ${dollars(total("cost"))}`
      : "";
    this.cards.show(CALLS, { model_calls: calls }, (_name, call, options) => card({
      model: call.model,
      outcome: call.outcome,
      problem: call.problem,
      tokens: call.input_tokens === null ? null : `${call.input_tokens} in, ${call.output_tokens} out`,
      cost: dollars(call.cost) + (call.cost_is_estimated ? " (estimated)" : ""),
      latency: call.latency_ms === null ? null : `${call.latency_ms} ms`,
      at: call.at,
      turn: call.turn_id,
    }, { ...options, title: call.purpose }));
  }
}
