// Who answers the chat, and handing it over both ways as a manager would.
import { byId, element } from "./dom.js";

const OWNERS = { bot: "Majlis answers", person: "A person answers" };

export class HandOver {
  constructor(people, composer, { command }) {
    this.people = people;
    this.composer = composer;
    this.command = command;
    this.code = "";
    byId("take-over").addEventListener("click", () => {
      this.composer.setWriter("manager");
      byId("text").focus();
    });
    byId("give-back").addEventListener("click", () => {
      this.composer.setWriter("customer");
      this.command(`back ${this.code}`);
    });
  }

  show(conversation, sale) {
    const owner = conversation?.owner ?? null;
    this.code = sale?.code ?? "";
    const badge = byId("owner");
    const isCustomers = owner !== null && !this.people.isManagers;
    badge.hidden = !isCustomers;
    badge.dataset.owner = owner ?? "";
    const words = isCustomers ? OWNERS[owner] : "";
    if (badge.textContent !== words) badge.replaceChildren(element("span", {}, words));
    byId("take-over").hidden = !isCustomers || owner !== "bot";
    byId("give-back").hidden = !isCustomers || owner !== "person" || !this.code || !this.people.managerChat;
  }
}
