// The customer's records in Zoho, and the deal as its sales manager decides about it.
import { ask, post, query } from "./api.js";
import { Drawn, element } from "./dom.js";
import { card, hint, section } from "./rows.js";

const TITLES = {
  deals: "Deals", leads: "Leads", contacts: "Contacts", accounts: "Accounts", tasks: "Tasks", notes: "Notes",
  customers: "Customers in Books", estimates: "Estimates", salesorders: "Sales orders",
};
const HEADINGS = {
  deals: "Deal_Name", leads: "Last_Name", contacts: "Last_Name", accounts: "Account_Name", tasks: "Subject",
  notes: "Note_Title", customers: "contact_name", estimates: "estimate_number", salesorders: "salesorder_number",
};
// What a tester asks for; all fields stand on the Zoho page.
const FIELDS = {
  deals: ["Stage", "Amount", "Closing_Date", "Majlis_Reference"],
  leads: ["First_Name", "Company", "Email", "Mobile", "Lead_Status", "Converted__s"],
  contacts: ["First_Name", "Email", "Mobile"],
  accounts: [],
  tasks: ["Status", "Priority", "Due_Date", "Description"],
  notes: ["Note_Content"],
  customers: ["email", "phone"],
  estimates: ["status", "date", "expiry_date", "reference_number", "total"],
  salesorders: ["status", "date", "reference_number", "total"],
};
const LABELS = { Converted__s: "Converted" };
const ENDED = new Set(["Closed Won", "Closed Lost"]);
const READS = "Majlis reads it at once.";

function labelled(record, fields) {
  return Object.fromEntries(
    fields.filter((name) => record[name] !== undefined).map((name) => [LABELS[name] ?? name, record[name]]),
  );
}

export class Crm {
  constructor(place, people, onProblem) {
    this.people = people;
    this.onProblem = onProblem;
    this.told = element("p", { className: "told", role: "status" });
    const records = element("div");
    place.append(this.told, records);
    this.drawn = new Drawn(records);
  }

  clear() {
    this.told.textContent = "";
    this.drawn.clear();
  }

  async refresh() {
    const asked = this.people.open;
    const answer = await ask(query("/phone/crm", { chat_id: asked }));
    if (asked === this.people.open) this.#show(answer);
  }

  #show({ records, discount_field: discountField }) {
    const found = Object.entries(TITLES).filter(([kind]) => records[kind]?.length);
    this.drawn.show([records, discountField], () => {
      if (!found.length) return [hint("Nothing in Zoho yet. A lead comes with the customer's first contact data.")];
      return found.map(([kind, title]) => section(kind, title, records[kind].length,
        ...records[kind].toReversed().map((record) => this.#record(kind, record, discountField))));
    });
  }

  #record(kind, record, discountField) {
    const fields = kind === "deals" && discountField ? [...FIELDS.deals, discountField] : FIELDS[kind];
    const made = card(labelled(record, fields), { title: record[HEADINGS[kind]] ?? "(no name)" });
    if (kind === "deals") made.append(this.#decisions(record, discountField));
    return made;
  }

  #decisions(deal, discountField) {
    const group = element("div", { className: "decisions", role: "group", ariaLabel: "As the sales manager" });
    if (ENDED.has(deal.Stage)) return group;
    if (discountField) {
      const id = `discount-${deal.id}`;
      const field = element("input", {
        id, type: "number", min: "0", max: "99", step: "0.5", required: true, inputMode: "decimal", placeholder: "10",
      });
      const form = element("form", {},
        element("label", { htmlFor: id }, "Discount in %"), field, element("button", { type: "submit" }, "Approve"));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const percent = Number(field.value);
        field.blur();
        this.#decide(deal, { discount_percent: percent }, `${percent} % is approved. ${READS}`);
      });
      group.append(form);
    }
    for (const [end, label] of [["won", "Mark as won"], ["lost", "Mark as lost"]]) {
      const button = element("button", { type: "button", id: `${end}-${deal.id}` }, label);
      button.addEventListener("click", () => this.#decide(deal, { end }, `The deal is ${end}. ${READS}`));
      group.append(button);
    }
    return group;
  }

  async #decide(deal, decision, told) {
    try {
      await post(`/phone/deals/${encodeURIComponent(deal.id)}`, decision);
      this.onProblem("");
      this.told.textContent = told;
      await this.refresh();
    } catch (error) {
      this.onProblem(`Not decided. ${error.message}`);
    }
  }
}
