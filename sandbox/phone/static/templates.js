// The account's message templates, moved by hand from one status to another, and why they may not arrive.
import { ask, post } from "./api.js";
import { Drawn, element } from "./dom.js";
import { hint, section } from "./rows.js";
import { languageOf } from "./words.js";

const STATUSES = ["approved", "pending", "paused", "rejected", "disabled"];

export class Templates {
  constructor(place, onProblem) {
    this.onProblem = onProblem;
    this.told = element("p", { className: "told", role: "status" });
    const list = element("div");
    place.append(this.told, list);
    this.drawn = new Drawn(list);
  }

  clear() {
    this.told.textContent = "";
    this.drawn.clear();
  }

  async refresh() {
    const { templates } = await ask("/phone/templates");
    this.drawn.show(templates, () => (templates.length
      ? [section("templates", "Templates", templates.length, ...templates.map((each) => this.#template(each)))]
      : [hint("The account has no templates, so nothing can be sent once a window is closed.")]));
  }

  #template(template) {
    const body = template.components.map((part) => part.text).filter(Boolean).join("\n");
    const select = element("select", { id: `status-${template.templateGuid}` },
      ...STATUSES.map((status) => element("option", { value: status, selected: status === template.status }, status)));
    const label = element("label", { htmlFor: select.id }, "Status");
    label.append(element("span", { className: "visually-hidden" }, ` of ${template.name}, ${template.language}`));
    select.addEventListener("change", () => this.#change(template, select.value));
    const made = element("article", { className: "row template-row" },
      element("h4", {}, template.name),
      element("p", { className: "kind" }, `${template.language} · ${template.category.toLowerCase()}`),
      element("p", { className: "body", dir: "auto", lang: languageOf(body) }, body),
      element("div", { className: "decisions" }, label, select));
    made.dataset.status = template.status;
    return made;
  }

  async #change(template, status) {
    try {
      await post("/control/template", { guid: template.templateGuid, status });
      this.onProblem("");
      this.told.textContent = `${template.name} is ${status}; Majlis was told.`;
    } catch (error) {
      this.onProblem(`The template stays as it was. ${error.message}`);
    }
    await this.refresh();
  }
}
