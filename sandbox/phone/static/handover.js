// Who answers the chat, and handing it over both ways as a manager would.
import { byId, element } from "./dom.js";

const OWNERS = { bot: "Majlis answers", person: "A person answers" };

export class HandOver {
  constructor(people, composer, { command }) {
    this.people = people;
    this.composer = composer;
    this.command = command;
    this.code = "";
    // The chat that goes back as soon as it has a code.
    this.goingBack = "";
    byId("take-over").addEventListener("click", () => {
      this.composer.setWriter("manager");
      byId("text").focus();
    });
    byId("give-back").addEventListener("click", () => {
      this.composer.setWriter("customer");
      if (this.code) this.command(`back ${this.code}`);
      else {
        // A chat that a manager took by writing in it gets its code when somebody asks which are with people.
        this.goingBack = this.people.open;
        this.command("status");
      }
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
    byId("give-back").hidden = !isCustomers || owner !== "person" || !this.people.managerChat;
    if (!this.goingBack || (this.goingBack === this.people.open && !this.code)) return;
    if (this.goingBack === this.people.open && owner === "person") this.command(`back ${this.code}`);
    this.goingBack = "";
  }
}
